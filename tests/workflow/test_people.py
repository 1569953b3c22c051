"""Onboarding adds one line for a person, offboarding takes every mention out, and nobody else is touched."""

from pathlib import Path

import pytest

from iamgroups.config import load
from iamgroups.config.format import format_tree
from iamgroups.errors import ConfigError, UsageError
from iamgroups.state.live import Account, LiveGroup, LiveState, LiveUser
from iamgroups.workflow.people import Places, Rewritten, Terms, offboard, onboard

ROOT = """\
version: 1
account_id: "123456789012"
include: ["people.yaml"]
teams:
  backend: [alice, bob]
groups:
  devs:
    members:
      - {team: backend}
      - Carol   # since ever
  ops:
    members: [alice]
  loose: {policies: []}
"""
PEOPLE = """\
users:
  alice: {keep_direct: ["aws:ReadOnlyAccess"], reason: old}
groups:
  guests:
    members:
      - user: alice
        expires: 2099-01-31
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "iamgroups.yaml").write_text(ROOT)
    (tmp_path / "people.yaml").write_text(PEOPLE)
    return tmp_path


def made(root: Path, change: Rewritten) -> dict[str, str]:
    """Write the files; return the name of each that changed -> what it says now."""
    for file, (before, after) in change.texts.items():
        assert Path(file).read_text() == before
        Path(file).write_text(after)
    assert all(before == after for before, after in format_tree(root).values())
    return {Path(file).name: after for file, (_, after) in change.texts.items()}


def groups_of(root: Path, user: str) -> set[str]:
    return {g.name for g in load(root).groups for m in g.members or () if m.user.lower() == user}


def test_a_new_colleague_is_one_line(root: Path) -> None:
    change = onboard(str(root), "dave", Places(groups=["DEVS"]), Terms(), None)
    assert made(root, change) == {
        "iamgroups.yaml": ROOT.replace("# since ever\n", "# since ever\n      - dave\n")
    }
    assert groups_of(root, "dave") == {"devs"}


def test_terms_are_written_beside_the_name(root: Path) -> None:
    terms = Terms(expires="2099-12-31", reason="SEC-1: audit", pending=True)
    change = onboard(str(root), "dave", Places(teams=["backend"]), terms, None)
    line = '[alice, bob, {user: dave, expires: 2099-12-31, reason: "SEC-1: audit", pending: true}]'
    assert made(root, change) == {"iamgroups.yaml": ROOT.replace("[alice, bob]", line)}


def test_somebody_may_join_for_a_time_that_is_to_come(root: Path) -> None:
    terms = Terms(starts="2099-01-01", expires="2099-01-31T18:00Z")
    change = onboard(str(root), "dave", Places(groups=["ops"]), terms, None)
    line = "[alice, {user: dave, starts: 2099-01-01, expires: 2099-01-31T18:00Z}]"
    assert made(root, change) == {"iamgroups.yaml": ROOT.replace("[alice]", line)}
    with pytest.raises(ConfigError, match="this starts when it is over"):
        onboard(str(root), "zoe", Places(groups=["ops"]), Terms("2099-02-01", "2099-01-01"), None)


def test_somebody_like_another_joins_where_that_one_stays(root: Path) -> None:
    change = onboard(str(root), "dave", Places(like="alice"), Terms(), None)
    assert made(root, change) == {
        "iamgroups.yaml": ROOT.replace("[alice, bob]", "[alice, bob, dave]").replace(
            "[alice]", "[alice, dave]"
        )
    }
    assert "alice is in group guests for a time only" in change.said[0]


def test_somebody_who_is_there_already_changes_nothing(root: Path) -> None:
    change = onboard(str(root), "carol", Places(groups=["devs"]), Terms(), None)
    assert (change.texts, "carol is in group devs already" in change.said[0]) == ({}, True)


@pytest.mark.parametrize(
    ("user", "places", "terms", "message"),
    [
        ("dave", Places(groups=["dev"]), Terms(), "no file declares a group dev: did you mean 'devs'?"),
        ("dave", Places(teams=["front"]), Terms(), "no file declares a team front"),
        ("dave", Places(groups=["loose"]), Terms(), "the members of loose are not managed"),
        ("dave", Places(like="zoe"), Terms(), "no file names zoe in a group or a team"),
        ("carol", Places(groups=["devs"]), Terms(reason="x"), "change the terms on that line"),
        ("a b", Places(groups=["devs"]), Terms(), "cannot be the name of an IAM user"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    root: Path, user: str, places: Places, terms: Terms, message: str
) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        onboard(str(root), user, places, terms, None)


def test_impossible_terms_are_refused_with_their_line(root: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        onboard(str(root), "dave", Places(groups=["devs"]), Terms(expires="2099-02-31"), None)
    assert "iamgroups.yaml:11:31: 2099-02-31 is not in the calendar" in str(caught.value)


def test_who_leaves_is_named_nowhere_any_more(root: Path) -> None:
    change = offboard(str(root), "ALICE", None)
    assert made(root, change) == {
        "iamgroups.yaml": ROOT.replace("[alice, bob]", "[bob]").replace("[alice]", "[]"),
        "people.yaml": "groups:\n  guests:\n    members: []\n",
    }
    assert groups_of(root, "alice") == set()


def test_who_leaves_is_accepted_nowhere_any_more(root: Path) -> None:
    people = PEOPLE + (
        "accepted:\n  - {direct: aws:A, users: [alice, bob]}\n  - match: [direct/alice/aws:B, user/Alice]\n"
        "  - {match: group/alice}\n"
    )
    (root / "people.yaml").write_text(people)
    assert made(root, offboard(str(root), "alice", None))["people.yaml"].endswith(
        "accepted:\n  - {direct: aws:A, users: [bob]}\n  - {match: group/alice}\n"
    )


def test_what_no_file_can_take_away_is_still_to_do(root: Path) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    alice = LiveUser(
        "Alice", "/", "AIDA1", "arn:aws:iam::123456789012:user/Alice", frozenset({arn}), {"s3-all": None}
    )
    groups = {
        name: LiveGroup(name, "/", name, name, frozenset(), frozenset({"Alice"}), {})
        for name in ("by-hand", "devs", "loose")
    }
    live = LiveState(Account("123456789012", "aws", "", ""), groups, {"alice": alice})
    said = offboard(str(root), "alice", live).said
    assert [line.removeprefix("Still to do: ") for line in said] == [
        "take Alice out of group by-hand, whose members no file manages.",
        "take Alice out of group loose, whose members no file manages.",
        "detach aws:ReadOnlyAccess from Alice, who holds it directly.",
        "delete the inline policy s3-all of Alice.",
        "access keys, password and the IAM user Alice itself.",
    ]


def test_a_name_that_the_account_does_not_have_is_refused_unless_it_is_pending(root: Path) -> None:
    live = LiveState(Account("123456789012", "aws", "", ""), {}, {})
    with pytest.raises(UsageError, match="no IAM user zoe in account 123456789012; create the user first"):
        onboard(str(root), "zoe", Places(groups=["ops"]), Terms(), live)
    assert onboard(str(root), "zoe", Places(groups=["ops"]), Terms(pending=True), live).texts
