"""Against the embedded IAM, over HTTP: it pages, refuses and checks every parameter as AWS does."""

from dataclasses import replace

import pytest

from iamgroups.errors import AccessDeniedError
from iamgroups.iam import Connection, connect
from iamgroups.planning.to_read import ToRead
from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.cloud import Identity
from iamgroups.sandbox.server import Serving
from iamgroups.sandbox.service_model import service
from iamgroups.state import (
    FACTS,
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)

DETAILS = "GetAccountAuthorizationDetails"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}'
DENY = ALLOW.replace("Allow", "Deny")

# The longest names and paths there are.
GROUP = "g" * 120 + "+=,.@-_1"
USER = "u" * 56 + "+=,.@-_1"
PATH = f"/{'p' * 254}/{'!' * 254}/"
POLICY_PATH = f"/{'p' * 254}/{'q' * 254}/"
POLICY = "p" * 128
ARN = f"arn:aws:iam::123456789012:policy{POLICY_PATH}{POLICY}"


@pytest.fixture
def connection(iam_endpoint: Serving, monkeypatch: pytest.MonkeyPatch) -> Connection:
    for name, value in iam_endpoint.environment().items():
        monkeypatch.setenv(name, value)
    return connect()


def fill(iam: StrictIam, users: int, groups: int) -> None:
    for number in range(groups):
        iam.call("CreateGroup", {"GroupName": f"g{number}"})
    for number in range(users):
        iam.call("CreateUser", {"UserName": f"u{number}"})
        if groups:
            iam.call("AddUserToGroup", {"UserName": f"u{number}", "GroupName": f"g{number % groups}"})


@pytest.mark.parametrize(("users", "groups", "pages"), [(0, 0, 2), (101, 3, 2), (1001, 2, 3)])
def test_an_account_is_read_whole_in_exactly_so_many_requests(
    strict_iam: StrictIam,
    connection: Connection,
    iam_endpoint: Serving,
    *,
    users: int,
    groups: int,
    pages: int,
) -> None:
    fill(strict_iam, users, groups)
    live = connection.read(connection.identify())
    assert (len(live.users), len(live.groups)) == (users, groups)
    memberships = {(g.name, u) for g in live.groups.values() for u in g.members or ()}
    assert memberships == set(strict_iam.facts().memberships)
    asked = {"GetCallerIdentity": 1, DETAILS: pages, "GetAccountSummary": 1}
    assert iam_endpoint.log.requests() == asked
    assert connection.requests == asked


def test_pages_shorter_than_asked_are_followed(iam_endpoint: Serving, connection: Connection) -> None:
    iam = StrictIam(page_size=lambda asked: 2)
    iam_endpoint.cloud.home.store = iam.store
    fill(iam_endpoint.iam, 7, 3)
    live = connection.read(connection.identify())
    assert (len(live.users), len(live.groups)) == (7, 3)
    assert connection.requests[DETAILS] == 4 + 2


def test_the_list_calls_find_what_the_bulk_call_finds(
    strict_iam: StrictIam, connection: Connection, iam_endpoint: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(strict_iam, 30, 4)
    strict_iam.call("AttachGroupPolicy", {"GroupName": "g1", "PolicyArn": READ_ONLY})
    strict_iam.call("AttachUserPolicy", {"UserName": "u1", "PolicyArn": READ_ONLY})
    account = connection.identify()
    whole = connection.read(account)
    statements = [
        {"Effect": "Allow", "Action": ["iam:List*", "iam:GetGroup", "sts:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": f"iam:{DETAILS}", "Resource": "*"},
    ]
    bind(iam_endpoint, statements)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALIMITED")
    limited = connect().read(account)
    untagged = {name: replace(user, tags=None) for name, user in whole.users.items()}
    assert (limited.groups, limited.users, limited.denied) == (whole.groups, untagged, ())
    assert (whole.quotas_known, limited.quotas_known) == (True, False)


def test_without_any_permission_the_missing_ones_are_named(
    iam_endpoint: Serving, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connection.identify()
    bind(iam_endpoint, [])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALIMITED")
    with pytest.raises(AccessDeniedError, match=f"iam:{DETAILS} is missing"):
        connect().read(account)


def bind(serving: Serving, statements: list[dict[str, object]]) -> None:
    caller = Caller("arn:aws:sts::123456789012:assumed-role/ci/run", "AROA:run")
    policy = {"Version": "2012-10-17", "Statement": statements}
    serving.cloud.bind("AKIALIMITED", Identity(serving.iam, caller, policies=(policy,)))


# Every write, with the longest names there are

WRITES: list[tuple[Fact, bool]] = [
    (PolicyFact(POLICY, POLICY_PATH, ARN, ALLOW, "d" * 1000, "iamgroups"), True),
    (GroupFact(GROUP, PATH), True),
    (Attachment(GROUP, ARN), True),
    (Membership(GROUP, USER), True),
    (Membership(GROUP, USER), False),
    (Attachment(GROUP, ARN), False),
    (InlineGroup(GROUP, POLICY), False),
    (GroupFact(GROUP, PATH), False),
    (Direct(USER, ARN), False),
    (PolicyVersionFact(POLICY, ARN, "v1"), False),
    (PolicyFact(POLICY, POLICY_PATH, ARN, DENY), False),
]


def test_every_write_is_accepted_with_the_longest_names_and_then_shows(
    strict_iam: StrictIam, connection: Connection
) -> None:
    strict_iam.call("CreateUser", {"UserName": USER, "Path": PATH})
    done = set()
    for fact, create in WRITES:
        prepare(strict_iam, fact, create)
        assert connection.shows(fact) is not create, fact
        call = fact.create() if create else fact.delete()
        connection.send(call)
        done.add(call.operation)
        assert connection.shows(fact) is create, fact
    assert {type(fact) for fact, _ in WRITES} | {InlineUser} == set(FACTS)
    assert done == WRITTEN - {"UpdateGroup", "CreatePolicyVersion"}


WRITTEN = {
    "CreatePolicy", "CreateGroup", "AttachGroupPolicy", "AddUserToGroup", "RemoveUserFromGroup",
    "DetachGroupPolicy", "DeleteGroupPolicy", "DeleteGroup", "DetachUserPolicy", "DeletePolicyVersion",
    "DeletePolicy", "UpdateGroup", "CreatePolicyVersion",
}  # fmt: skip


def prepare(iam: StrictIam, fact: Fact, create: bool) -> None:
    """Do what a person did before: an inline policy, a direct one, a newer version."""
    if isinstance(fact, InlineGroup):
        document = {"PolicyName": POLICY, "PolicyDocument": ALLOW}
        iam.call("PutGroupPolicy", {"GroupName": GROUP, **document})
    if isinstance(fact, Direct):
        iam.call("AttachUserPolicy", {"UserName": USER, "PolicyArn": ARN})
    if isinstance(fact, PolicyVersionFact):
        version = {"PolicyArn": ARN, "PolicyDocument": DENY, "SetAsDefault": True}
        iam.call("CreatePolicyVersion", version)


def test_renames_moves_and_new_versions_are_accepted_and_show(
    strict_iam: StrictIam, connection: Connection
) -> None:
    before, after = GroupFact("devs", "/"), GroupFact(GROUP, PATH)
    connection.send(before.create())
    connection.send(after.update(before))
    assert (connection.shows(before), connection.shows(after)) == (False, True)
    connection.send(PolicyFact(POLICY, POLICY_PATH, ARN, ALLOW, made_by="iamgroups").create())
    newer = PolicyFact(POLICY, POLICY_PATH, ARN, DENY)
    assert not connection.shows(newer)
    connection.send(newer.update(newer))
    assert connection.shows(newer)
    live = connection.complete(
        connection.read(connection.identify()),
        ToRead(local=True, details=frozenset({ARN}), documents=frozenset({ARN}), versions=frozenset({ARN})),
    )
    found = live.policies[ARN]
    assert (found.versions, found.default_version, found.holders) == (("v2", "v1"), "v2", 0)
    assert found.tags == {"managed-by": "iamgroups"}
    assert found.document["Statement"][0]["Effect"] == "Deny"


def test_policies_of_aws_are_found_by_name_at_any_path(connection: Connection) -> None:
    live = connection.read(connection.identify())
    one = connection.complete(live, ToRead(aws=frozenset({"aws:ReadOnlyAccess"})))
    assert set(one.policies) == {READ_ONLY}
    many = connection.complete(live, ToRead(aws=frozenset({"aws:ViewOnlyAccess", "aws:NoSuchThing"})))
    assert "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess" in many.policies
    assert (many.aws_listed, len(many.policies) > 1000) == (True, True)


def test_a_snapshot_of_everything_is_complete(strict_iam: StrictIam, connection: Connection) -> None:
    fill(strict_iam, 3, 2)
    connection.send(PolicyFact(POLICY, POLICY_PATH, ARN, ALLOW, made_by="iamgroups").create())
    live = connection.read_everything(connection.identify())
    assert (live.local_listed, live.aws_listed, live.denied) == (True, True, ())
    found = live.policies[ARN]
    assert found.document["Statement"][0]["Effect"] == "Allow"
    assert (found.versions, found.tags) == (("v1",), {"managed-by": "iamgroups"})


def test_every_write_is_one_that_botocore_knows() -> None:
    operations = service("iam").operations
    assert set(operations) >= WRITTEN
