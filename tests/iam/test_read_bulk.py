from itertools import count
from typing import Any

import pytest

from iamgroups.errors import AccessDeniedError, AccountError, UnreachableError
from iamgroups.iam import Connection
from iamgroups.state.live import DOCUMENTED_QUOTAS, LiveState

from .answers import details, document, group, paged, policy_entry, summary, user, xml
from .conftest import Params, Script, answer, error

DETAILS = "GetAccountAuthorizationDetails"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def read(connection: Connection) -> LiveState:
    return connection.read(connection.identify())


def test_groups_users_members_and_policies_are_read(script: Script, connection: Connection) -> None:
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    script.say("GetAccountSummary", summary(GroupsQuota=500, Users=2))
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
    inline = [{"PolicyName": "own", "PolicyDocument": document(deny)}]
    tags = [{"Key": "team", "Value": "data"}]
    script.say(
        DETAILS,
        details(
            [
                user("alice", ["devs"], PermissionsBoundary=boundary, UserPolicyList=inline, Tags=tags),
                user("bob", ["devs", "ops"], [READ_ONLY]),
                user("carol"),
            ],
            [group("devs", [READ_ONLY], GroupPolicyList=inline), group("ops", Path="/x/")],
        ),
    )
    live = read(connection)
    assert live.groups["devs"].members == {"alice", "bob"}
    assert live.groups["devs"].policies == {READ_ONLY}
    assert live.groups["devs"].inline == {"own": deny}
    assert (live.groups["ops"].path, live.groups["ops"].members) == ("/x/", {"bob"})
    assert live.users["bob"].policies == {READ_ONLY}
    assert (live.users["alice"].boundary, live.users["alice"].inline) == (READ_ONLY, {"own": deny})
    assert (live.users["alice"].tags, live.users["bob"].tags) == ({"team": "data"}, {})
    assert (live.users["carol"].boundary, live.users["carol"].id) == (None, "AIDAcarol")
    assert live.quotas == {**DOCUMENTED_QUOTAS, "GroupsQuota": 500}
    assert live.quotas_known
    assert live.denied == ()


@pytest.mark.parametrize(
    ("users", "groups", "size", "pages"),
    [
        (0, 0, 1000, 2),
        (1, 1, 1000, 2),
        (1000, 300, 1000, 2),
        (1001, 1001, 1000, 4),
        (7, 3, 2, 6),
        (5, 5, 1, 10),
    ],
)
def test_an_account_takes_no_more_requests_than_its_pages(
    script: Script, connection: Connection, *, users: int, groups: int, size: int, pages: int
) -> None:
    script.say("GetAccountSummary", summary())
    names = [f"g{index}" for index in range(groups)]
    people = [user(f"u{index}", names[:1]) for index in range(users)]
    script.say(DETAILS, details(people, [group(name) for name in names], size))
    live = read(connection)
    assert (len(live.users), len(live.groups)) == (users, groups)
    if groups:
        assert len(live.groups["g0"].members or ()) == users
    assert connection.requests == {"GetCallerIdentity": 1, "GetAccountSummary": 1, DETAILS: pages}
    assert len(script.seen) == pages + 2
    assert all(params["MaxItems"] == "1000" for operation, params in script.seen if operation == DETAILS)


@pytest.mark.parametrize(("listed", "named"), [("Devs", "Devs"), ("devs", "DEVS"), ("Devs", "devs")])
def test_members_are_found_whatever_the_case_of_their_groups_name(
    script: Script, connection: Connection, listed: str, named: str
) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, details([user("Alice", [named])], [group(listed)]))
    assert read(connection).groups["devs"].members == {"Alice"}


def test_empty_pages_that_are_truncated_are_followed(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    full = details([user("alice")], [group("devs")])

    def respond(params: Params) -> Any:
        if "Marker" not in params:
            return answer(DETAILS, xml({"IsTruncated": True, "Marker": "0"}))
        return full(params)

    script.say(DETAILS, respond)
    live = read(connection)
    assert (set(live.users), set(live.groups)) == ({"alice"}, {"devs"})


def test_a_listing_of_more_users_than_an_account_can_have_is_an_error(
    script: Script, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iamgroups.iam.transport.MOST_ENTRIES", 20)
    script.say("GetAccountSummary", summary())
    listed = (f"m{number}" for number in count())

    def respond(_: Params) -> Any:
        page = {"UserDetailList": [user(next(listed))], "IsTruncated": True, "Marker": next(listed)}
        return answer(DETAILS, xml(page))

    script.say(DETAILS, respond)
    with pytest.raises(AccountError, match="never ends, after 21 pages with 21 entries"):
        read(connection)


@pytest.mark.parametrize("page", [{"IsTruncated": True}, {"IsTruncated": True, "Marker": "same"}])
def test_a_listing_that_never_ends_is_an_error(
    script: Script, connection: Connection, page: dict[str, Any]
) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, answer(DETAILS, xml(page)))
    with pytest.raises(AccountError, match="never ends"):
        read(connection)


def test_a_page_that_fails_discards_the_listing(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    people = details([user("alice"), user("bob")], [], 1)
    script.say(
        DETAILS, lambda params: error(400, "ValidationError") if "Marker" in params else people(params)
    )
    with pytest.raises(AccountError, match="ValidationError"):
        read(connection)


def test_a_page_that_never_succeeds_is_unreachable(
    script: Script, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection._transport.retry_for = 0.0
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, error(503, "ServiceUnavailable"))
    with pytest.raises(UnreachableError, match="ServiceUnavailable"):
        read(connection)


def test_an_entry_without_a_name_is_an_error(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, answer(DETAILS, xml({"UserDetailList": [{"Path": "/"}]})))
    with pytest.raises(AccountError, match="UserName"):
        read(connection)


def test_throttling_while_reading_is_waited_out(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", error(400, "Throttling"), summary())
    told = details([user("alice")], [group("devs")])
    script.say(DETAILS, error(400, "Throttling"), error(503, "ServiceUnavailable"), None, told)
    assert set(read(connection).users) == {"alice"}


def test_quotas_that_may_not_be_read_are_the_documented_ones(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", error(403, "AccessDenied"))
    script.say(DETAILS, details([], []))
    live = read(connection)
    assert (live.quotas, live.quotas_known, live.denied) == (DOCUMENTED_QUOTAS, False, ())


def test_what_is_listed_twice_is_as_the_later_page_says(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    people = [user("alice", ["devs"]), user("alice", ["ops"])]
    script.say(DETAILS, details(people, [group("devs"), group("ops"), group("ops", Path="/x/")], 1))
    live = read(connection)
    assert (live.groups["devs"].members, live.groups["ops"].members) == (frozenset(), {"alice"})
    assert live.groups["ops"].path == "/x/"


def test_a_group_created_between_the_streams_is_looked_for_again(
    script: Script, connection: Connection
) -> None:
    script.say("GetAccountSummary", summary())
    listings = {"User": 0, "Group": 0}

    def respond(params: Params) -> Any:
        kind = params["Filter.member.1"]
        listings[kind] += 1
        found = [group("devs")] if listings["Group"] < 2 else [group("devs"), group("new")]
        return details([user("alice", ["new"])], found)(params)

    script.say(DETAILS, respond)
    assert read(connection).groups["new"].members == {"alice"}
    assert listings == {"User": 2, "Group": 2}


def test_a_group_that_is_never_listed_is_left_out(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, details([user("alice", ["ghost", "devs"])], [group("devs")]))
    live = read(connection)
    assert set(live.groups) == {"devs"}
    assert live.groups["devs"].members == {"alice"}
    assert connection.requests[DETAILS] == 4


def test_progress_tells_how_many_are_read(script: Script, connection: Connection) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, details([user("alice"), user("bob")], [group("devs")], 1))
    told: list[str] = []
    connection.read(connection.identify(), told.append)
    assert "2 users, 1 groups" in told


# Without the bulk permission


def say_lists(script: Script) -> None:
    script.say("GetAccountSummary", summary())
    script.say(DETAILS, error(403, "AccessDenied"))
    script.say("ListUsers", paged("ListUsers", "Users", [user("alice"), user("bob")], 1))
    script.say("ListGroups", paged("ListGroups", "Groups", [group("devs"), group("ops")], 1))
    members = {"devs": [user("alice"), user("bob")], "ops": []}
    script.say("GetGroup", lambda params: paged("GetGroup", "Users", members[params["GroupName"]], 1)(params))
    attached = [policy_entry(READ_ONLY)]
    script.say("ListAttachedGroupPolicies", paged("ListAttachedGroupPolicies", "AttachedPolicies", attached))
    script.say("ListGroupPolicies", paged("ListGroupPolicies", "PolicyNames", ["own"]))
    script.say("ListAttachedUserPolicies", paged("ListAttachedUserPolicies", "AttachedPolicies", attached))
    script.say("ListUserPolicies", paged("ListUserPolicies", "PolicyNames", []))


def test_the_list_calls_stand_in_for_the_bulk_permission(script: Script, connection: Connection) -> None:
    say_lists(script)
    live = read(connection)
    assert live.groups["devs"].members == {"alice", "bob"}
    assert live.groups["ops"].members == frozenset()
    assert live.groups["ops"].policies == {READ_ONLY}
    assert live.groups["ops"].inline == {"own": None}
    assert live.users["bob"].policies == {READ_ONLY}
    assert (live.users["bob"].inline, live.users["bob"].tags) == ({}, None)
    assert live.denied == ()


def test_what_the_list_calls_may_not_read_is_unknown(script: Script, connection: Connection) -> None:
    say_lists(script)
    for operation in ("GetGroup", "ListGroupPolicies", "ListAttachedUserPolicies", "ListUserPolicies"):
        script.say(operation, error(403, "AccessDenied"))
    script.say(
        "ListAttachedGroupPolicies",
        lambda params: (
            error(403, "AccessDenied")
            if params["GroupName"] == "ops"
            else paged("ListAttachedGroupPolicies", "AttachedPolicies", [])(params)
        ),
    )
    live = read(connection)
    assert (live.groups["devs"].members, live.groups["devs"].inline) == (None, None)
    assert (live.groups["devs"].policies, live.groups["ops"].policies) == (frozenset(), None)
    assert (live.users["bob"].policies, live.users["bob"].inline) == (None, None)
    assert live.denied == (
        "iam:GetGroup",
        "iam:ListAttachedGroupPolicies",
        "iam:ListAttachedUserPolicies",
        "iam:ListGroupPolicies",
        "iam:ListUserPolicies",
    )


@pytest.mark.parametrize("operation", ["ListUsers", "ListGroups"])
def test_without_names_the_missing_permissions_are_told(
    script: Script, connection: Connection, operation: str
) -> None:
    say_lists(script)
    script.say(operation, error(403, "AccessDenied"))
    with pytest.raises(AccessDeniedError, match=f"{DETAILS} is missing, and iam:{operation}") as denied:
        read(connection)
    assert denied.value.action == f"iam:{DETAILS}"


def test_what_is_deleted_while_it_is_read_is_left_out(script: Script, connection: Connection) -> None:
    say_lists(script)
    script.say(
        "ListAttachedUserPolicies",
        lambda params: (
            error(404, "NoSuchEntity")
            if params["UserName"] == "bob"
            else paged("ListAttachedUserPolicies", "AttachedPolicies", [])(params)
        ),
    )
    script.say("ListGroupPolicies", error(404, "NoSuchEntity"))
    live = read(connection)
    assert (set(live.users), set(live.groups)) == ({"alice"}, set())


def test_what_is_deleted_between_two_of_its_pages_is_never_read_in_part(
    script: Script, connection: Connection
) -> None:
    say_lists(script)
    policies = [policy_entry(READ_ONLY), policy_entry(f"{READ_ONLY}2")]
    attached = paged("ListAttachedUserPolicies", "AttachedPolicies", policies, 1)
    script.say(
        "ListAttachedUserPolicies",
        lambda params: error(404, "NoSuchEntity") if "Marker" in params else attached(params),
    )
    with pytest.raises(AccountError, match="ListAttachedUserPolicies: what was being listed is gone"):
        read(connection)


@pytest.mark.parametrize("denied", ["User", "Group"])
def test_one_half_of_the_bulk_permission_is_not_taken_for_an_empty_account(
    script: Script, connection: Connection, denied: str
) -> None:
    say_lists(script)
    told = details([user("alice", ["devs"]), user("bob", ["devs"])], [group("devs"), group("ops")])
    script.say(
        DETAILS,
        lambda params: error(403, "AccessDenied") if params["Filter.member.1"] == denied else told(params),
    )
    live = read(connection)
    assert (set(live.users), set(live.groups)) == ({"alice", "bob"}, {"devs", "ops"})
    assert live.groups["devs"].members == {"alice", "bob"}


def test_a_member_created_while_the_account_is_read_is_looked_for_again(
    script: Script, connection: Connection
) -> None:
    say_lists(script)
    listings: list[Params] = []

    def users(params: Params) -> Any:
        listings.append(params)
        known = [user("alice")] if len(listings) == 1 else [user("alice"), user("bob")]
        return paged("ListUsers", "Users", known)(params)

    script.say("ListUsers", users)
    live = read(connection)
    assert live.groups["devs"].members == {"alice", "bob"}
    assert live.users["bob"].policies == {READ_ONLY}
    assert connection.requests["ListUsers"] == 2


def test_a_permission_that_is_always_refused_is_not_asked_for_every_user(
    script: Script, connection: Connection
) -> None:
    say_lists(script)
    script.say("ListUsers", paged("ListUsers", "Users", [user(f"u{index}") for index in range(200)]))
    script.say("ListUserPolicies", error(403, "AccessDenied"))
    live = read(connection)
    assert {found.inline for found in live.users.values()} == {None}
    assert connection.requests["ListUserPolicies"] < 40
    assert connection.requests["ListAttachedUserPolicies"] == 200


def test_a_permission_that_is_refused_for_some_is_asked_for_every_user(
    script: Script, connection: Connection
) -> None:
    say_lists(script)
    names = [f"u{index}" for index in range(100)]
    refused = set(names[30:60])
    script.say("ListUsers", paged("ListUsers", "Users", [user(name) for name in names]))
    inline = paged("ListUserPolicies", "PolicyNames", [])
    script.say(
        "ListUserPolicies",
        lambda params: error(403, "AccessDenied") if params["UserName"] in refused else inline(params),
    )
    live = read(connection)
    assert {name for name, found in live.users.items() if found.inline is None} == refused
