import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from iamgroups.errors import UsageError
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold
from iamgroups.state.snapshot import live_of, parse_account, snapshot_of

TAKEN = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
SCHEMA = Path(__file__).parents[2] / "schemas" / "snapshot.schema.json"
VALIDATOR = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
NAME_CHARACTERS = "ABCabcxyz012_+=,.@-"

names = st.text(NAME_CHARACTERS, min_size=1, max_size=8)
paths = st.just("/") | st.builds("/{}/".format, names)
arns = st.builds("arn:aws:iam::{}:policy{}{}".format, st.sampled_from(["aws", "123456789012"]), paths, names)
documents = st.none() | st.dictionaries(
    st.sampled_from(["Version", "Statement", "Id"]),
    st.recursive(st.text(max_size=5) | st.booleans() | st.integers(), st.lists, max_leaves=4),
)


def unknown_or(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.frozensets(values, max_size=3)


groups = st.builds(
    LiveGroup,
    names,
    paths,
    names,
    names,
    unknown_or(arns),
    unknown_or(names),
    st.none() | st.dictionaries(names, documents, max_size=2),
)
users = st.builds(
    LiveUser,
    names,
    paths,
    names,
    names,
    unknown_or(arns),
    st.none() | st.dictionaries(names, documents, max_size=2),
    st.none() | arns,
    st.none() | st.dictionaries(names, st.text(max_size=5), max_size=2),
)
policies = st.builds(
    LivePolicy,
    arns,
    st.booleans(),
    st.sampled_from(["v1", "v2", ""]),
    st.none() | st.integers(0, 99),
    documents,
    st.none() | st.just(("v2", "v1")),
    st.none() | st.dictionaries(names, st.text(max_size=5), max_size=2),
)
accounts = st.builds(
    LiveState,
    account=st.builds(Account, st.just("123456789012"), st.sampled_from(["aws", "aws-cn"]), arns, names),
    groups=st.lists(groups, max_size=4).map(lambda found: {fold(group.name): group for group in found}),
    users=st.lists(users, max_size=4).map(lambda found: {fold(user.name): user for user in found}),
    policies=st.lists(policies, max_size=4).map(lambda found: {policy.arn: policy for policy in found}),
    local_listed=st.booleans(),
    aws_listed=st.booleans(),
    quotas_known=st.booleans(),
    denied=st.sampled_from([(), ("iam:GetGroup", "iam:ListUserPolicies")]),
)


@settings(deadline=None)
@given(accounts)
def test_what_a_snapshot_holds_is_what_was_live(live: LiveState) -> None:
    text = json.dumps(snapshot_of(live, TAKEN))
    assert parse_account(text) == live


@settings(deadline=None)
@given(accounts)
def test_every_snapshot_keeps_to_its_schema(live: LiveState) -> None:
    VALIDATOR.validate(json.loads(json.dumps(snapshot_of(live, TAKEN))))


@settings(deadline=None)
@given(accounts, st.randoms())
def test_a_snapshot_does_not_depend_on_the_order_of_reading(live: LiveState, chance: Any) -> None:
    shuffled = list(live.groups.items())
    chance.shuffle(shuffled)
    other = LiveState(**{**live.__dict__, "groups": dict(shuffled)})
    assert json.dumps(snapshot_of(other, TAKEN)) == json.dumps(snapshot_of(live, TAKEN))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


@settings(deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")) | json_values.map(json.dumps))
def test_garbage_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse_account(text)


@settings(deadline=None)
@given(accounts, json_values, st.data())
def test_one_altered_value_is_read_or_refused(live: LiveState, value: Any, data: st.DataObject) -> None:
    snapshot = json.loads(json.dumps(snapshot_of(live, TAKEN)))
    place = data.draw(st.sampled_from(places(snapshot)[1:]))
    parent = snapshot
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = value
    try:
        found = live_of(snapshot)
    except UsageError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert live_of(json.loads(json.dumps(snapshot_of(found, TAKEN)))) == found


@settings(deadline=None)
@given(accounts, st.data())
def test_one_missing_value_is_read_as_unknown_or_refused(live: LiveState, data: st.DataObject) -> None:
    snapshot = json.loads(json.dumps(snapshot_of(live, TAKEN)))
    del snapshot[data.draw(st.sampled_from(sorted(snapshot)))]
    if "taken" in snapshot:
        with pytest.raises(UsageError):
            live_of(snapshot)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "prod.json is not JSON"),
        ("{}\n{}", "put several pages into one JSON array"),
        ("[" * 100_000, "prod.json is not JSON"),
        ('{"kind": "snapshot", "format_version": NaN}', "NaN"),
        ("[]", "prod.json: an object is expected"),
        ("{}", "not a snapshot of an account; `iamgroups snapshot --out F`"),
        ('{"UserDetailList": []}', "GroupDetailList is missing: run `aws iam get-acc"),
        ('{"kind": "snapshot", "format_version": 1}', "format_version 2 only"),
    ],
)
def test_a_file_of_another_kind_says_so(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_account(text, "prod.json")


DEEP: Any = json.loads("[" * 900 + "]" * 900)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("groups", 0, "name"), "a b", "prod.json: groups[0]: 'name' is missing or malformed"),
        (("groups", 0, "name"), "\x1b[31m", "prod.json: groups[0]: 'name' is missing or malformed"),
        (("groups", 0, "members", 0), "a\nb", "prod.json: groups[0]: members: '0' is missing or malformed"),
        (("groups", 0, "policies", 0), "nope", "policies: 'nope' is not the ARN of a policy"),
        (("account", "id"), "1234", "prod.json: account: 'id' is missing or malformed"),
        (("account", "caller_arn"), "x\u202ey", "'caller_arn' is missing or malformed"),
        (("quotas", "GroupsQuota"), True, "prod.json: quotas: 'GroupsQuota' is missing or not a number"),
        (("groups",), {}, "prod.json: 'groups' is missing or not a list"),
        (("users", 0), 3, "prod.json: users[0]: an object is expected here"),
        (
            ("groups", 0, "inline"),
            {"own": DEEP},
            "groups[0]: the document of inline policy own is nested more",
        ),
        (("aws_listed",), "yes", "'aws_listed' is missing or neither true nor false"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path: tuple[Any, ...], value: Any, words: str) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    group = LiveGroup("devs", "/", "AGPA", "arn", frozenset({arn}), frozenset({"alice"}))
    live = LiveState(
        Account("123456789012", "aws", "arn"),
        {"devs": group},
        {"alice": LiveUser("alice", "/", "AIDA", "arn")},
    )
    snapshot = snapshot_of(live, TAKEN)
    parent: Any = snapshot
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    with pytest.raises(UsageError) as refused:
        live_of(snapshot, "prod.json")
    assert words in str(refused.value)


def test_a_group_that_is_there_twice_is_refused() -> None:
    group = LiveGroup("devs", "/", "AGPA", "arn")
    snapshot = snapshot_of(LiveState(Account("123456789012", "aws", "arn"), {"devs": group}, {}), TAKEN)
    snapshot["groups"].append({**snapshot["groups"][0], "name": "Devs"})
    with pytest.raises(UsageError, match="groups: devs is there twice"):
        live_of(snapshot)
