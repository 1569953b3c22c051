"""`accept` writes one entry or joins one, and nothing else changes."""

from pathlib import Path

import pytest

from iamgroups.config import load
from iamgroups.config.accepting import AcceptTerms
from iamgroups.config.format import format_tree
from iamgroups.errors import UsageError
from iamgroups.planning.accepted import fingerprint
from iamgroups.state.live import LiveState
from iamgroups.workflow.accept import accept
from iamgroups.workflow.files import Rewritten
from iamgroups.workflow.offline import Offline
from tests.accounts import live

ROOT = 'version: 1\naccount_id: "123456789012"\ninclude: ["groups/*.yaml", "accepted.yaml"]\n'
SINGLE = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs: {members: [ann]}\n'
ENTRIES = """\
# shrinks
accepted:
  - {direct: aws:A, users: [bob, zoe], reason: found at import}
  - match:
      - group/old
    reason: found at import
  - {inline: own, users: [ann], reason: SEC-1, until: 2020-01-31}
"""
IMPORT = AcceptTerms("found at import")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "groups").mkdir()
    (tmp_path / "iamgroups.yaml").write_text(ROOT)
    (tmp_path / "groups/devs.yaml").write_text("groups:\n  devs: {members: [ann]}\n")
    (tmp_path / "accepted.yaml").write_text(ENTRIES)
    return tmp_path


def written(root: Path, change: Rewritten) -> dict[str, str]:
    """Write the files; return the name of each that changed -> what it says now."""
    for file, (before, after) in change.texts.items():
        assert (Path(file).read_text() if before else "") == before
        Path(file).write_text(after)
    load(root)
    assert all(before == after for before, after in format_tree(root).values())
    return {Path(file).name: after for file, (_, after) in change.texts.items()}


def accepted(
    root: Path, *addresses: str, terms: AcceptTerms = IMPORT, account: LiveState | None = None
) -> dict[str, str]:
    snapshot = Offline(account, "s.json") if account else None
    return written(root, accept(str(root), addresses, terms, snapshot))


def test_the_same_policy_on_the_same_terms_is_one_more_name(root: Path) -> None:
    assert accepted(root, "direct/cyd/aws:A", "group/older") == {
        "accepted.yaml": ENTRIES.replace("[bob, zoe]", "[bob, cyd, zoe]").replace(
            "group/old\n", "group/old\n      - group/older\n"
        )
    }


def test_other_terms_are_an_entry_of_their_own(root: Path) -> None:
    line = '  - {direct: aws:A, users: [cyd, dan], reason: "SEC-77: till the move", until: 2999-01-31}\n'
    terms = AcceptTerms("SEC-77: till the move", "2999-01-31")
    assert accepted(root, "direct/cyd/aws:A", "direct/dan/aws:A", terms=terms) == {
        "accepted.yaml": ENTRIES + line
    }


def test_an_entry_that_is_over_is_replaced(root: Path) -> None:
    old = "{inline: own, users: [ann], reason: SEC-1, until: 2020-01-31}"
    new = old.replace("2020", "2999")
    assert accepted(root, "inline/user/ann/own", terms=AcceptTerms("SEC-1", "2999-01-31")) == {
        "accepted.yaml": ENTRIES.replace(old, new)
    }


@pytest.mark.parametrize("included", [True, False])
def test_the_first_entry_makes_a_file_that_the_root_includes(tmp_path: Path, included: bool) -> None:
    text = SINGLE + ("include:\n  - acc*.yaml\n" if included else "")
    (tmp_path / "iamgroups.yaml").write_text(text)
    if included:
        (tmp_path / "account.yaml").write_text("teams: {}\n")
    made = accepted(tmp_path, "direct/bob/aws:A", "rule/only_in/aws:A/bob")
    assert made.pop("accepted.yaml").split("\n", 2)[2] == (
        "accepted:\n"
        '  - {direct: aws:A, users: [bob], reason: "found at import"}\n'
        '  - {match: rule/only_in/aws:A/bob, reason: "found at import"}\n'
    )
    assert made == ({} if included else {"iamgroups.yaml": SINGLE + "include:\n  - accepted.yaml\n"})


def test_what_is_accepted_already_changes_nothing(root: Path) -> None:
    change = accept(str(root), ["direct/BOB/aws:a"], IMPORT, None)
    assert change.texts == {}
    assert change.said[0].endswith("accepted.yaml:3:29")
    with pytest.raises(UsageError, match="accepted already: change the terms on that line"):
        accept(str(root), ["direct/bob/aws:A"], AcceptTerms("another"), None)


@pytest.mark.parametrize(
    ("address", "terms", "message"),
    [
        ("dirct/bob/aws:A", IMPORT, "'dirct/bob/aws:A' is not an address: there are"),
        ("direct/*/aws:AdministratorAccess", IMPORT, "never accepts an administrator: name each person"),
        ("direct/bob/aws:B", AcceptTerms(" "), "--reason is empty"),
        ("direct/bob/aws:B", AcceptTerms("x", "2020-01-01"), "is over: name a day to come"),
        ("direct/bob/aws:B", AcceptTerms("x", "soon"), "write a day such as"),
    ],
)
def test_what_cannot_be_meant_is_refused(root: Path, address: str, terms: AcceptTerms, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        accept(str(root), [address], terms, None)


def test_a_snapshot_pins_documents_and_knows_the_addresses(root: Path) -> None:
    wide = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    account = live({"devs": (["ann"], [])}, {"bob": ["aws:B"]}, inline={"ann": ["all"]})
    account.users["ann"].inline["all"] = wide  # type: ignore[index]
    made = accepted(root, "inline/user/ann/all", account=account)
    assert f"{{inline: all, users: [ann], document: {fingerprint(wide)}, " in made["accepted.yaml"]
    with pytest.raises(
        UsageError, match="drift does not know direct/bob/aws:C: did you mean 'direct/bob/aws:B'"
    ):
        accepted(root, "direct/bob/aws:C", account=account)
    with pytest.raises(UsageError, match="never accepts an administrator: name inline/user/ann/all"):
        accepted(root, "inline/user/*", account=account)


def test_a_file_that_is_there_and_not_included_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(SINGLE)
    (tmp_path / "accepted.yaml").write_text("mine\n")
    with pytest.raises(UsageError, match="does not include it"):
        accepted(tmp_path, "direct/bob/aws:A")
