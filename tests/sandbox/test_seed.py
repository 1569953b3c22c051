"""Accounts from a file, the built-in one, and generated ones."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups import config
from iamgroups.errors import UsageError
from iamgroups.iam import connect
from iamgroups.sandbox import query_protocol
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.generated_account import generate
from iamgroups.sandbox.sample_account import sample
from iamgroups.sandbox.seed import load_seed, read_seed
from iamgroups.sandbox.server import serve
from iamgroups.sandbox.service_model import service
from iamgroups.state import Membership
from iamgroups.state.snapshot import snapshot_of
from iamgroups.workflow.plan import complete_plan


def printed(iam: StrictIam) -> dict[str, Any]:
    """What the AWS CLI would print of the account."""
    answer = iam.call("GetAccountAuthorizationDetails", {"MaxItems": 1000})
    assert not answer["IsTruncated"]
    found: dict[str, Any] = json.loads(json.dumps(answer, default=lambda date: date.isoformat()))
    return found


def test_an_account_seeded_from_what_another_prints_prints_the_same() -> None:
    before = sample()
    before.call("UpdateGroup", {"GroupName": "developers", "NewPath": "/eng/"})
    arn = "arn:aws:iam::123456789012:policy/ci-deploy"
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    )
    before.call("CreatePolicyVersion", {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True})
    after = load_seed(json.dumps(printed(before)))
    assert printed(after) == printed(before)
    assert after.facts() == before.facts()
    answer = after.call("CreatePolicyVersion", {"PolicyArn": arn, "PolicyDocument": document})
    assert answer["PolicyVersion"]["VersionId"] == "v3"


def test_the_tags_of_a_policy_say_whose_it_is() -> None:
    data = printed(sample())
    policy = next(policy for policy in data["Policies"] if policy["PolicyName"] == "ci-deploy")
    policy["Tags"] = [{"Key": "managed-by", "Value": "iamgroups"}]
    iam = load_seed(json.dumps(data))
    assert iam.call("GetPolicy", {"PolicyArn": policy["Arn"]})["Policy"]["Tags"] == policy["Tags"]


def test_documents_may_be_url_encoded_as_iam_sends_them() -> None:
    data = printed(sample())
    user = next(user for user in data["UserDetailList"] if "UserPolicyList" in user)
    document = user["UserPolicyList"][0]["PolicyDocument"]
    user["UserPolicyList"][0]["PolicyDocument"] = quote(json.dumps(document))
    iam = load_seed(json.dumps(data))
    name = {"UserName": user["UserName"], "PolicyName": "reports-bucket"}
    assert iam.call("GetUserPolicy", name)["PolicyDocument"] == document


def test_account_and_partition_come_from_the_arns() -> None:
    arn = "arn:aws-us-gov:iam::999999999999:group/g"
    group = {"GroupName": "g", "GroupId": "AGPAG", "Path": "/", "Arn": arn}
    iam = load_seed(json.dumps({"GroupDetailList": [group]}))
    assert iam.root.arn == "arn:aws-us-gov:iam::999999999999:root"


def test_quotas_grow_to_what_the_account_already_holds() -> None:
    iam = load_seed(json.dumps(printed(generate(301, 1, policies_per_group=1, groups_per_user=11))))
    summary = iam.call("GetAccountSummary", {})["SummaryMap"]
    assert (summary["GroupsQuota"], summary["GroupsPerUserQuota"]) == (301, 11)


def group(**changes: Any) -> dict[str, Any]:
    arn = "arn:aws:iam::123456789012:group/g"
    return {"GroupName": "g", "GroupId": "AGPAG", "Path": "/", "Arn": arn, **changes}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "seed is not JSON"),
        ("[" * 100_000, "seed is not JSON"),
        ("[]", "seed: not what `aws iam get-account-authorization-details` prints"),
        ('{"Groups": []}', "none of Policies, GroupDetailList"),
        ('{"GroupDetailList": [1]}', r"GroupDetailList\[0\]"),
        ('{"GroupDetailList": [{}]}', r"GroupDetailList\[0\]: KeyError: 'GroupName'"),
        (json.dumps({"GroupDetailList": [group(Path=None)]}), "a string was expected, not None"),
        (json.dumps({"GroupDetailList": [group(CreateDate="yesterday")]}), "yesterday"),
        (json.dumps({"GroupDetailList": [group(), group(Arn="arn:aws:iam::1:group/h")]}), "several accounts"),
        (
            json.dumps({"GroupDetailList": [group(AttachedManagedPolicies=[{"PolicyArn": "arn:x"}])]}),
            "Group g holds arn:x, which nothing in it describes",
        ),
        (
            json.dumps(
                {"GroupDetailList": [group(GroupPolicyList=[{"PolicyName": "p", "PolicyDocument": 1}])]}
            ),
            "TypeError",
        ),
        (
            json.dumps(
                {
                    "UserDetailList": [
                        {"UserName": "u", "UserId": "A", "Path": "/", "Arn": "", "GroupList": ["h"]}
                    ]
                }
            ),
            "The group with name h cannot be found",
        ),
    ],
)
def test_a_seed_that_is_not_one_is_the_users_error(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_seed(text)


def test_a_file_that_cannot_be_read_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_seed(tmp_path / "absent.json")
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UsageError, match=r"latin\.json"):
        read_seed(tmp_path / "latin.json")


def test_the_sample_is_always_the_same_and_has_what_a_first_plan_should_find() -> None:
    iam = sample()
    assert printed(iam) == printed(sample())
    facts = iam.facts()
    assert len(facts.direct) >= 8
    assert ("grace", "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3") in facts.direct
    assert ("zoe" in {user for group, user in facts.memberships if group == "legacy-ops"}) is True


def test_generated_accounts_have_the_size_asked_for_and_depend_on_the_seed_alone() -> None:
    iam = generate(groups=10, users=50, policies_per_group=3, groups_per_user=4, seed=7)
    facts = iam.facts()
    assert (len(facts.memberships), len(facts.attachments)) == (200, 30)
    assert facts == generate(10, 50, 3, 4, seed=7).facts()
    assert facts != generate(10, 50, 3, 4, seed=8).facts()


def snapshot(iam: StrictIam, **changes: Any) -> str:
    """A snapshot of the account as `iamgroups snapshot` writes it, without some of what it may hold."""
    with serve(iam) as serving:
        environment = serving.environment()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            connection = connect()
            live = connection.read(connection.identify())
    return json.dumps({**snapshot_of(live, datetime(2026, 1, 1, tzinfo=UTC)), **changes})


def test_a_snapshot_is_a_seed_too() -> None:
    before = sample()
    after = load_seed(snapshot(before))
    assert after.facts() == before.facts()
    assert [user["UserId"] for user in after.call("ListUsers", {})["Users"]] == [
        user["UserId"] for user in before.call("ListUsers", {})["Users"]
    ]
    inline = {"UserName": "bob", "PolicyName": "reports-bucket"}
    assert after.call("GetUserPolicy", inline) == before.call("GetUserPolicy", inline)
    assert load_seed(snapshot(after)).facts() == before.facts()


def test_the_role_that_took_a_snapshot_is_in_it() -> None:
    data = json.loads(snapshot(sample()))
    data["account"]["caller_arn"] = "arn:aws:sts::123456789012:assumed-role/plan/ci"
    roles = load_seed(json.dumps(data)).call("ListRoles", {})["Roles"]
    assert [role["Arn"] for role in roles] == ["arn:aws:iam::123456789012:role/plan"]
    assert load_seed(snapshot(sample())).call("ListRoles", {})["Roles"] == []


def test_a_snapshot_with_gaps_is_no_seed() -> None:
    data = json.loads(snapshot(sample()))
    data["users"][0]["policies"] = None
    data["denied"] = ["iam:ListAttachedUserPolicies"]
    with pytest.raises(UsageError, match=r"user alice holds was not read \(denied: iam:ListAttached"):
        load_seed(json.dumps(data))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in JSON data, as the keys that lead to it."""
    yield path
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(below, (*path, key))


PRINTED = printed(sample())
PLACES = sorted((path for path in places(PRINTED) if path and len(path) < 8), key=repr)
JUNK = st.sampled_from(
    [None, 0, "", "x", "%zz", True, [], [1], {}, {"Statement": 1}, "arn:aws:iam::1:user/x"]
)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(PLACES), JUNK)
def test_a_seed_with_anything_anywhere_is_refused_or_served(path: tuple[Any, ...], junk: Any) -> None:
    data = copy.deepcopy(PRINTED)
    inner: Any = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    try:
        iam = load_seed(json.dumps(data))
    except UsageError:
        return
    answer = iam.call("GetAccountAuthorizationDetails", {"MaxItems": 1000})
    assert query_protocol.render(service("iam"), "GetAccountAuthorizationDetails", answer, "id")


def test_the_sample_account_is_the_one_that_the_sample_configuration_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = config.load(Path(__file__).parents[2] / "sample-config")
    with serve(sample()) as serving:
        for name, value in serving.environment().items():
            monkeypatch.setenv(name, value)
        reader = connect()
        made, _ = complete_plan(declared, reader.read(reader.identify()), reader, date(2026, 11, 23))
    assert made.problems == ()
    people = {change.fact.user for change in made.changes if isinstance(change.fact, Membership)}
    assert people >= {"alice", "heidi", "walter", "breakglass-1"}
