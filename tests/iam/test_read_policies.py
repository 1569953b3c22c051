from dataclasses import replace
from typing import Any

import pytest

from iamgroups.iam import Connection
from iamgroups.planning.to_read import ToRead
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState

from .answers import ACCOUNT, document, paged, policy, summary, xml
from .conftest import Answer, Params, Script, answer, error

AWS = "arn:aws:iam::aws:policy/"
LOCAL = f"arn:aws:iam::{ACCOUNT}:policy/"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OPS = Account(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/ops")
EMPTY = LiveState(OPS, {}, {})


def say_policies(script: Script, *policies: dict[str, Any]) -> None:
    by_arn = {told["Arn"]: told for told in policies}

    def get(params: Params) -> Answer:
        told = by_arn.get(params["PolicyArn"])
        return answer("GetPolicy", xml({"Policy": told})) if told else error(404, "NoSuchEntity")

    def listed(params: Params) -> Answer:
        local = params["Scope"] == "Local"
        chosen = [told for arn, told in by_arn.items() if (ACCOUNT in arn) == local]
        return paged("ListPolicies", "Policies", chosen, 2)(params)

    def version(params: Params) -> Answer:
        if params["PolicyArn"] not in by_arn:
            return error(404, "NoSuchEntity")
        told = {"Document": document(ALLOW), "VersionId": params["VersionId"], "IsDefaultVersion": True}
        return answer("GetPolicyVersion", xml({"PolicyVersion": told}))

    script.say("GetPolicy", get)
    script.say("ListPolicies", listed)
    script.say("GetPolicyVersion", version)


@pytest.mark.parametrize("spec", ["aws:ReadOnlyAccess", f"{AWS}ReadOnlyAccess"])
def test_one_unproved_policy_takes_one_request(script: Script, connection: Connection, spec: str) -> None:
    say_policies(script, policy(f"{AWS}ReadOnlyAccess", AttachmentCount=3, PermissionsBoundaryUsageCount=1))
    live = connection.complete(EMPTY, ToRead(aws=frozenset({spec})))
    assert live.policies == {
        f"{AWS}ReadOnlyAccess": LivePolicy(
            f"{AWS}ReadOnlyAccess", default_version="v1", holders=4, tags={}, description=""
        )
    }
    assert not live.aws_listed
    assert connection.requests == {"GetPolicy": 1}


def test_a_name_at_another_path_is_found_in_the_list(script: Script, connection: Connection) -> None:
    say_policies(script, policy(f"{AWS}job-function/ViewOnlyAccess"), policy(f"{AWS}A"), policy(f"{AWS}B"))
    live = connection.complete(EMPTY, ToRead(aws=frozenset({"aws:ViewOnlyAccess"})))
    assert f"{AWS}job-function/ViewOnlyAccess" in live.policies
    assert live.aws_listed
    assert connection.requests == {"GetPolicy": 1, "ListPolicies": 2}


def test_many_unproved_policies_take_the_pages_of_the_list(script: Script, connection: Connection) -> None:
    say_policies(script, policy(f"{AWS}A"), policy(f"{AWS}B"), policy(f"{AWS}C", IsAttachable=False))
    live = connection.complete(EMPTY, ToRead(aws=frozenset({"aws:A", "aws:B", "aws:C"})))
    assert not live.policies[f"{AWS}C"].attachable
    assert live.aws_listed
    assert connection.requests == {"ListPolicies": 2}


def test_a_policy_that_does_not_exist_is_absent_from_a_full_list(
    script: Script, connection: Connection
) -> None:
    say_policies(script, policy(f"{AWS}ReadOnlyAccess"))
    live = connection.complete(EMPTY, ToRead(aws=frozenset({"aws:ReadOnyAccess"})))
    assert (set(live.policies), live.aws_listed) == ({f"{AWS}ReadOnlyAccess"}, True)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso"])
def test_names_are_looked_for_in_the_caller_s_partition(
    script: Script, connection: Connection, partition: str
) -> None:
    arn = f"arn:{partition}:iam::aws:policy/ReadOnlyAccess"
    say_policies(script, policy(arn))
    account = replace(EMPTY, account=replace(OPS, partition=partition))
    live = connection.complete(account, ToRead(aws=frozenset({"aws:ReadOnlyAccess"})))
    assert set(live.policies) == {arn}


def test_an_arn_of_another_partition_is_never_asked_for(script: Script, connection: Connection) -> None:
    say_policies(script)
    arn = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
    live = connection.complete(EMPTY, ToRead(aws=frozenset({arn})))
    assert live.aws_listed
    assert connection.requests == {"ListPolicies": 1}


def test_the_account_s_own_policies_are_listed(script: Script, connection: Connection) -> None:
    names = [policy(f"{LOCAL}{name}", AttachmentCount=1) for name in ("a", "ops/b", "c")]
    say_policies(script, *names, policy(f"{AWS}A"))
    live = connection.complete(EMPTY, ToRead(local=True))
    assert set(live.policies) == {f"{LOCAL}a", f"{LOCAL}ops/b", f"{LOCAL}c"}
    assert (live.local_listed, live.aws_listed) == (True, False)
    assert live.policies[f"{LOCAL}a"].tags is None
    assert connection.requests == {"ListPolicies": 2}


def test_documents_take_one_request_each_when_the_version_is_known(
    script: Script, connection: Connection
) -> None:
    say_policies(script, policy(f"{LOCAL}a"), policy(f"{LOCAL}b"))
    listed = connection.complete(EMPTY, ToRead(local=True))
    live = connection.complete(listed, ToRead(documents=frozenset({f"{LOCAL}a", f"{LOCAL}b"})))
    assert live.policies[f"{LOCAL}b"].document == ALLOW
    assert live.policies[f"{LOCAL}b"].holders == 0
    assert connection.requests == {"ListPolicies": 1, "GetPolicyVersion": 2}


def test_the_document_of_a_policy_known_only_as_held_takes_two(
    script: Script, connection: Connection
) -> None:
    say_policies(script, policy(f"{LOCAL}a", Tags=[{"Key": "managed-by", "Value": "iamgroups"}]))
    live = connection.complete(EMPTY, ToRead(documents=frozenset({f"{LOCAL}a"})))
    assert live.policies[f"{LOCAL}a"].document == ALLOW
    assert live.policies[f"{LOCAL}a"].tags == {"managed-by": "iamgroups"}
    assert connection.requests == {"GetPolicy": 1, "GetPolicyVersion": 1}


@pytest.mark.parametrize(("number", "pages"), [(10, 0), (11, 3)])
def test_more_than_ten_documents_take_the_pages_of_all_policies_in_use(
    script: Script, connection: Connection, number: int, pages: int
) -> None:
    arns = [f"{LOCAL}p{place}" for place in range(number)]
    say_policies(script, *map(policy, arns))
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(ALLOW)}
    own = [{**policy(arn), "PolicyVersionList": [version]} for arn in arns]

    def in_use(params: Params) -> Answer:
        chosen = own if params["Filter.member.1"] == "LocalManagedPolicy" else []
        return paged(DETAILS, "Policies", chosen, 6)(params)

    script.say(DETAILS, in_use)
    live = connection.complete(EMPTY, ToRead(documents=frozenset(arns)))
    assert all(live.policies[arn].document == ALLOW for arn in arns)
    one_by_one = {} if pages else {"GetPolicy": number, "GetPolicyVersion": number}
    assert connection.requests == ({DETAILS: pages} if pages else one_by_one)


def test_details_and_versions_are_added_to_what_is_known(script: Script, connection: Connection) -> None:
    say_policies(script, policy(f"{LOCAL}a", DefaultVersionId="v3", Tags=[]))
    versions = [{"VersionId": f"v{n}", "IsDefaultVersion": n == 3} for n in (10, 9, 3, 2)]
    script.say("ListPolicyVersions", paged("ListPolicyVersions", "Versions", versions, 3))
    arn = frozenset({f"{LOCAL}a"})
    live = connection.complete(EMPTY, ToRead(local=True))
    live = connection.complete(live, ToRead(documents=arn))
    live = connection.complete(live, ToRead(details=arn, versions=arn))
    found = live.policies[f"{LOCAL}a"]
    assert found.versions == ("v3", "v10", "v9", "v2")
    assert (found.tags, found.document, found.default_version) == ({}, ALLOW, "v3")


@pytest.mark.parametrize(
    ("operation", "missing"),
    [
        ("ListPolicies", ToRead(local=True)),
        ("GetPolicy", ToRead(details=frozenset({f"{LOCAL}a"}))),
        ("GetPolicyVersion", ToRead(documents=frozenset({f"{LOCAL}a"}))),
        ("ListPolicyVersions", ToRead(versions=frozenset({f"{LOCAL}a"}))),
    ],
)
def test_what_is_denied_stays_unknown_and_is_named(
    script: Script, connection: Connection, operation: str, missing: ToRead
) -> None:
    say_policies(script, policy(f"{LOCAL}a"))
    script.say(operation, error(403, "AccessDenied"))
    live = connection.complete(EMPTY, missing)
    assert live.denied == (f"iam:{operation}",)
    assert not live.local_listed


def test_without_the_list_each_aws_policy_is_asked_for(script: Script, connection: Connection) -> None:
    say_policies(script, policy(f"{AWS}A"), policy(f"{AWS}B"))
    script.say("ListPolicies", error(403, "AccessDenied"))
    live = connection.complete(EMPTY, ToRead(aws=frozenset({"aws:A", "aws:B", "aws:Typo"})))
    assert set(live.policies) == {f"{AWS}A", f"{AWS}B"}
    assert (live.aws_listed, live.denied) == (False, ("iam:ListPolicies",))


def test_a_policy_deleted_meanwhile_is_forgotten(script: Script, connection: Connection) -> None:
    say_policies(script)
    gone = LivePolicy(f"{LOCAL}a", default_version="v1")
    held = LiveGroup("devs", "/", "AGPA", "arn", frozenset({f"{LOCAL}held"}))
    live = LiveState(OPS, {"devs": held}, {}, {f"{LOCAL}a": gone})
    arns = frozenset({f"{LOCAL}a", f"{LOCAL}held"})
    live = connection.complete(live, ToRead(documents=arns))
    assert set(live.policies) == {f"{LOCAL}held"}
    assert live.policies[f"{LOCAL}held"].document == {}


def test_everything_is_read_for_a_snapshot(script: Script, connection: Connection) -> None:
    tagged = [policy(f"{LOCAL}{name}", Tags=[], DefaultVersionId="v2") for name in ("a", "b")]
    say_policies(script, *tagged, policy(f"{AWS}A"))
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": document({})},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document(ALLOW)},
    ]
    own = [{**told, "PolicyVersionList": versions} for told in tagged]
    say_details(script, paged(DETAILS, "Policies", own, 1))
    live = connection.read_everything(OPS)
    assert live.policies[f"{LOCAL}b"] == LivePolicy(
        f"{LOCAL}b",
        default_version="v2",
        holders=0,
        document=ALLOW,
        versions=("v2", "v1"),
        tags={},
        description="",
    )
    assert f"{AWS}A" in live.policies
    assert (live.local_listed, live.aws_listed, live.denied) == (True, True, ())
    assert connection.requests == {DETAILS: 5, "GetAccountSummary": 1, "ListPolicies": 1, "GetPolicy": 2}


def test_everything_is_read_one_by_one_without_the_bulk_permission(
    script: Script, connection: Connection
) -> None:
    say_policies(script, policy(f"{LOCAL}a", Tags=[]), policy(f"{AWS}A"))
    versions = [{"VersionId": "v1", "IsDefaultVersion": True}]
    script.say("ListPolicyVersions", paged("ListPolicyVersions", "Versions", versions))
    say_details(script, error(403, "AccessDenied"))
    live = connection.read_everything(OPS)
    assert live.policies[f"{LOCAL}a"] == LivePolicy(
        f"{LOCAL}a",
        default_version="v1",
        holders=0,
        document=ALLOW,
        versions=("v1",),
        tags={},
        description="",
    )
    assert (live.local_listed, live.aws_listed, live.denied) == (True, True, ())


DETAILS = "GetAccountAuthorizationDetails"


def say_details(script: Script, policies: Any) -> None:
    script.say("GetAccountSummary", summary())

    def respond(params: Params) -> Answer:
        if params["Filter.member.1"] != "LocalManagedPolicy":
            return answer(DETAILS)
        return policies(params) if callable(policies) else policies

    script.say(DETAILS, respond)
