"""`adopt` makes the files say what the account has: for the addresses asked for, and for no other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iamgroups.config import load
from iamgroups.config.format import format_tree
from iamgroups.errors import BlockedError, UsageError
from iamgroups.planning.accepted import fingerprint
from iamgroups.state.live import LiveState
from iamgroups.workflow.adopt import Adoption, adopt
from iamgroups.workflow.drift import drift
from iamgroups.workflow.offline import Offline
from iamgroups.workflow.plan import Wanted, plan
from tests.accounts import live

ROOT = """\
version: 1
account_id: "123456789012"
include: ["groups/*.yaml"]
teams:
  backend: [ann, bob]
policy_sets:
  base: [aws:A]
guardrails:
  only_in: {"aws:Admin": [ops]}
  min_members: {ops: 1}
"""
DEVS = """\
groups:
  devs:
    policies: [{set: base}]
    members:
      - {team: backend}
      - cyd   # since ever
"""
OPS = """\
groups:
  ops:
    policies: ["aws:Admin"]
    members: [ann, {user: dan, expires: 2020-01-31}]
"""
AS_DECLARED: dict[str, Any] = {"devs": (["ann", "bob", "cyd"], ["aws:A"]), "ops": (["ann"], ["aws:Admin"])}

POLICIES = ["aws:A", "aws:Admin", "aws:B", "local:team/tool"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "groups").mkdir()
    (tmp_path / "iamgroups.yaml").write_text(ROOT)
    (tmp_path / "groups/devs.yaml").write_text(DEVS)
    (tmp_path / "groups/ops.yaml").write_text(OPS)
    return tmp_path


def account(
    direct: dict[str, list[str]] | None = None, **groups: tuple[Sequence[str], Sequence[str]]
) -> LiveState:
    return live({**AS_DECLARED, **groups}, direct or {}, ["cyd", "dan", "eve"], POLICIES)


def adopted(root: Path, state: LiveState, *addresses: str, allowed: Sequence[str] = ()) -> dict[str, str]:
    """Adopt, write, and return the name of each file that changed -> what it says now."""
    reader = Offline(state, "s.json")
    made = adopt(str(root), addresses, reader, Adoption("found", tuple(allowed)))
    for file, (before, after) in made.texts.items():
        assert (Path(file).read_text() if before else "") == before
        Path(file).write_text(after)
    assert all(before == after for before, after in format_tree(root).values())
    declared = load(root)
    addresses_left = {change.address for change in plan(declared, reader, Wanted()).plan.changes}
    addresses_left |= {one.address for one in drift(declared, reader).new if one.kind != "broken"}
    assert not addresses_left & {*addresses}
    return {Path(file).name: after for file, (_, after) in made.texts.items()}


def test_an_inline_policy_that_a_plan_ends_cannot_be_adopted(root: Path) -> None:
    (root / "iamgroups.yaml").write_text(ROOT + "settings: {inline_policies: delete}\n")
    state = replace(account(), denied=("iam:GetPolicyVersion",))
    state.groups["devs"].inline["own"] = {"Statement": []}  # type: ignore[index]
    with pytest.raises(UsageError, match=r"devs\.yaml:2:3: inline/group/devs/own cannot be adopted"):
        adopted(root, state, "inline/group/devs/own")


def test_somebody_who_was_added_by_hand_is_one_line(root: Path) -> None:
    state = account(devs=(["ann", "bob", "cyd", "eve"], ["aws:A"]))
    assert adopted(root, state, "membership/DEVS/eve") == {"devs.yaml": DEVS + "      - eve\n"}


def test_somebody_who_was_taken_out_by_hand_leaves_the_list_or_the_team(root: Path) -> None:
    state = account(devs=(["bob"], ["aws:A"]))
    made = adopted(root, state, "membership/devs/ann", "membership/devs/cyd")
    assert made == {
        "iamgroups.yaml": ROOT.replace("[ann, bob]", "[bob]"),
        "devs.yaml": DEVS.replace("      - cyd   # since ever\n", ""),
    }


def test_a_policy_comes_under_the_name_that_the_files_use_and_goes_with_its_line(root: Path) -> None:
    state = account(devs=(["ann", "bob", "cyd"], ["aws:A", "local:team/tool"]), ops=(["ann"], []))
    assert adopted(root, state, "attachment/devs/local:tool", "attachment/ops/aws:Admin") == {
        "devs.yaml": DEVS.replace("[{set: base}]", "[{set: base}, local:team/tool]"),
        "ops.yaml": OPS.replace('["aws:Admin"]', "[]"),
    }


def test_a_group_made_by_hand_gets_a_file_beside_the_others(root: Path) -> None:
    state = account(night=(["eve"], ["aws:B"]))
    text = "groups:\n  night:\n    policies:\n      - aws:B\n    members:\n      - eve\n"
    assert adopted(root, state, "group/night", "attachment/night/aws:B") == {"night.yaml": text}


def test_an_inline_policy_of_such_a_group_is_accepted_with_its_document(root: Path) -> None:
    state = account(night=(["eve"], []))
    state.groups["night"].inline["own"] = {"Statement": []}  # type: ignore[index]
    made = adopted(root, state, "group/night", "inline/group/night/own")
    entry = made["accepted.yaml"].partition("accepted:")[2]
    assert "inline: own" in entry and f"document: {fingerprint({'Statement': []})}" in entry


def test_a_group_made_by_hand_joins_the_groups_of_the_only_file(tmp_path: Path) -> None:
    text = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs: {members: [ann]}\n'
    (tmp_path / "iamgroups.yaml").write_text(text)
    state = live({"devs": (["ann"], []), "night": (["eve"], []), "day": ([], [])})
    assert adopted(tmp_path, state, "group/night", "group/day") == {
        "iamgroups.yaml": text
        + "  day:\n    policies: []\n    members: []\n  night:\n    policies: []\n    members:\n      - eve\n"
    }


def test_a_group_that_was_deleted_by_hand_goes_from_the_files(root: Path) -> None:
    state = live({"devs": AS_DECLARED["devs"]}, users=["dan"], policies=POLICIES)
    (root / "iamgroups.yaml").write_text(ROOT.partition("guardrails")[0])
    assert adopted(root, state, "group/ops") == {"ops.yaml": "groups: {}\n"}


def test_a_path_is_taken_over(root: Path) -> None:
    (root / "groups/ops.yaml").write_text(OPS + "    path: /x/\n")
    assert adopted(root, account(), "group/ops") == {"ops.yaml": OPS + "    path: /\n"}


def test_a_direct_policy_is_accepted_and_one_that_a_plan_would_end_is_kept(root: Path) -> None:
    state = account({"eve": ["aws:B"], "ann": ["aws:A"]})
    made = adopted(root, state, "direct/eve/aws:B", "direct/ann/aws:A")
    assert made["accepted.yaml"].endswith("accepted:\n  - {direct: aws:B, users: [eve], reason: found}\n")
    users = "users:\n  ann:\n    keep_direct:\n      - aws:A\n    reason: found\n"
    assert made["iamgroups.yaml"] == ROOT.replace('["groups', '[accepted.yaml, "groups') + users


def test_what_is_accepted_already_stays_as_it_is_written(root: Path) -> None:
    entry = "accepted:\n  - {direct: aws:B, users: [eve], reason: SEC-7}\n"
    (root / "iamgroups.yaml").write_text(ROOT + entry)
    made = adopt(
        str(root), ["direct/eve/aws:B"], Offline(account({"eve": ["aws:B"]}), "s"), Adoption("found")
    )
    assert (made.texts, made.said[0].rpartition("/")[2]) == ({}, "iamgroups.yaml:12:29")


def test_what_the_edit_itself_would_cover_is_kept_when_it_is_asked_for(root: Path) -> None:
    state = account({"eve": ["aws:A"]}, devs=(["ann", "bob", "cyd", "eve"], ["aws:A"]))
    with pytest.raises(UsageError, match="would also change what a plan does to direct/eve/aws:A"):
        adopted(root, state, "membership/devs/eve")
    made = adopted(root, state, "membership/devs/eve", "direct/eve/aws:A")
    assert "  eve:\n    keep_direct:\n      - aws:A\n" in made["iamgroups.yaml"]


def test_taking_somebody_out_of_a_team_must_not_change_another_group(root: Path) -> None:
    (root / "groups/ops.yaml").write_text(OPS.replace("[ann,", "[{team: backend},"))
    state = account(devs=(["bob", "cyd"], ["aws:A"]), ops=(["ann", "bob"], ["aws:Admin"]))
    with pytest.raises(UsageError, match="would also change what a plan does to membership/ops/ann"):
        adopted(root, state, "membership/devs/ann")


@pytest.mark.parametrize(
    ("groups", "direct", "address", "rule"),
    [
        (
            {"devs": (["ann", "bob", "cyd"], ["aws:A", "aws:Admin"])},
            {},
            "attachment/devs/aws:Admin",
            "only_in",
        ),
        ({"night": (["eve"], ["aws:Admin"])}, {}, "group/night", "only_in"),
        ({}, {"eve": ["aws:Admin"]}, "direct/eve/aws:Admin", "only_in"),
        ({"ops": ([], ["aws:Admin"])}, {}, "membership/ops/ann", "min_members"),
    ],
)
def test_what_a_guardrail_forbids_is_refused_with_its_name(
    root: Path, groups: dict[str, Any], direct: dict[str, list[str]], address: str, rule: str
) -> None:
    state = account(direct, **groups)
    with pytest.raises(BlockedError, match=f"{rule}: .*\nTo override: --allow {rule}"):
        adopted(root, state, address)
    assert adopted(root, state, address, allowed=[rule])


@pytest.mark.parametrize(
    ("groups", "address", "message"),
    [
        (
            {"devs": (["ann", "bob", "cyd", "eve"], ["aws:A"])},
            "membership/devs/evee",
            "did you mean 'membership/devs/eve'",
        ),
        (
            {"night": (["eve"], ["aws:B"])},
            "attachment/night/aws:B",
            "Adopt group/night, with all that it holds",
        ),
        (
            {"ops": (["ann", "dan"], ["aws:Admin"])},
            "membership/ops/dan",
            "ops.yaml:4:27: dan is in group ops although",
        ),
        ({"ops": ([], ["aws:Admin"])}, "rule/min_members/ops", "or `iamgroups accept` the broken rule"),
    ],
)
def test_what_no_edit_can_say_is_refused(
    root: Path, groups: dict[str, Any], address: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        adopted(root, account(**groups), address)


def test_a_name_that_the_account_does_not_have_is_taken_out(root: Path) -> None:
    (root / "groups/devs.yaml").write_text(DEVS.replace("cyd ", "zed "))
    state = account(devs=(["ann", "bob"], ["aws:A"]))
    assert adopted(root, state, "user/zed") == {"devs.yaml": DEVS.replace("      - cyd   # since ever\n", "")}
