"""Import: what an account holds, as files whose first plan is empty."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from iamgroups import config
from iamgroups.config.imported import ROOT, Layout, imported
from iamgroups.errors import UsageError
from iamgroups.planning.make import make_plan
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.workflow.importing import write
from tests.accounts import TODAY, arn, live
from tests.planning.cases import Case, cases
from tests.planning.test_convergence import RUNS
from tests.policy.documents import document, statement

TOOL = document(statement(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::data/*"))
ODD_NAMES = [
    "a+b=c,d.e@f-g_h",
    "..",
    ".hidden",
    "-rf",
    "con",
    "NUL.x",
    "no",
    "0123",
    "@a",
    "=",
    "group-..",
    "a.",
]


def first_plan(found: Any, folder: Path, account: LiveState) -> Any:
    write(found, str(folder))
    plan = make_plan(config.load(folder), account, TODAY)
    assert (plan.problems, plan.to_read or None) == ((), None)
    return plan


def both(account: LiveState, tmp_path: Path, groups: Iterable[str] = ()) -> None:
    for single, own in product((False, True), repeat=2):
        found = imported(account, list(groups), Layout(single, own))
        assert first_plan(found, tmp_path / f"{single}{own}", account).changes == ()


def test_one_group_becomes_a_root_and_a_file_whose_plan_is_empty(tmp_path: Path) -> None:
    account = live(
        {"devs": (["bob", "Ann"], ["aws:ReadOnlyAccess", "local:ops/tool"])},
        paths={"devs": "/x/"},
        documents={"local:ops/tool": TOOL},
    )
    found = imported(account)
    assert found.files == {
        "iamgroups.yaml": "# yaml-language-server: $schema=schemas/config.schema.json\n"
        "# Imported from account 123456789012; the first plan from it is empty.\n"
        'version: 1\naccount_id: "123456789012"\ninclude:\n  - "groups/*.yaml"\n',
        "groups/devs.yaml": "# yaml-language-server: $schema=../schemas/config.schema.json\n"
        "groups:\n  devs:\n    path: /x/\n"
        "    policies:\n      - aws:ReadOnlyAccess\n      - local:ops/tool\n"
        "    members:\n      - Ann\n      - bob\n",
    }
    assert found.remarks == ()
    assert sorted(found.kept) == [".gitignore", "policies/tool.json", "schemas/config.schema.json"]
    assert json.loads(found.kept["policies/tool.json"]) == TOOL
    both(account, tmp_path)


def test_policies_of_the_account_are_owned_where_that_is_asked_for(tmp_path: Path) -> None:
    account = live(
        {"devs": (["ann"], ["aws:A", "local:ops/tool", "local:unread"]), "ops": ([], [])},
        {"bob": ["local:mine"]},
        documents={"local:ops/tool": TOOL, "local:mine": TOOL},
    )
    found = imported(account, layout=Layout(own=True))
    assert found.files["policies.yaml"] == (
        "# yaml-language-server: $schema=schemas/config.schema.json\n"
        "policies:\n"
        "  mine:\n    document: policies/mine.json\n    adopt: true\n"
        "  tool:\n    document: policies/tool.json\n    path: /ops/\n    adopt: true\n"
    )
    assert "local:unread: its document could not be read" in found.remarks
    assert set(imported(account, ["devs"]).kept) >= {"policies/tool.json"}
    assert "policies/mine.json" not in imported(account, ["devs"]).kept
    both(account, tmp_path)


def test_a_document_that_no_configuration_can_own_is_said_and_copied(tmp_path: Path) -> None:
    elsewhere = document(statement("s3:GetObject", "arn:aws-cn:s3:::data/*"))
    account = live(
        {"devs": ([], ["local:a", "local:b"])}, documents={"local:a": elsewhere, "local:b": {"x": 1}}
    )
    found = imported(account, layout=Layout(own=True))
    assert [remark.partition(", because")[0] for remark in found.remarks] == [
        "local:a: not owned",
        "local:b: not owned",
    ]
    assert "policies.yaml" not in found.files
    assert {"policies/a.json", "policies/b.json"} <= set(found.kept)
    both(account, tmp_path)


def test_inline_documents_of_groups_are_written_beside(tmp_path: Path) -> None:
    account = live({"devs": (["ann"], []), "..": ([], [])})
    groups = {
        key: replace(group, inline={"own": TOOL, "con": TOOL, "unread": None})
        for key, group in account.groups.items()
    }
    account = replace(account, groups=groups)
    inline = [name for name in imported(account).kept if name.startswith("policies/inline/")]
    assert sorted(inline) == [
        "policies/inline/devs/own.json",
        "policies/inline/devs/policy-con.json",
        "policies/inline/group-../own.json",
        "policies/inline/group-../policy-con.json",
    ]
    both(account, tmp_path)


def test_files_for_readers_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    written = write(imported(live({"devs": ([], [])})), str(tmp_path))
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    assert str(tmp_path / "schemas/config.schema.json") in written
    assert str(tmp_path / ".gitignore") not in written


def test_owned_policies_need_a_root_of_their_own(tmp_path: Path) -> None:
    account = live({"devs": ([], ["local:tool"])}, documents={"local:tool": TOOL})
    write(imported(account, ["devs"]), str(tmp_path), groups_only=True)
    (tmp_path / "groups/devs.yaml").unlink()
    with pytest.raises(UsageError, match=r"--own: .*iamgroups\.yaml is there and stays as it is"):
        write(imported(account, ["devs"], Layout(own=True)), str(tmp_path), groups_only=True)


def test_three_hundred_groups_are_as_many_files(tmp_path: Path) -> None:
    people = [f"user{n}" for n in range(500)]
    account = live({f"group{n}": (people[n : n + 50], [f"aws:P{n % 7}", "local:own"]) for n in range(300)})
    assert len(imported(account).files) == 301
    both(account, tmp_path)


def test_an_account_without_groups_gives_a_root_that_loads(tmp_path: Path) -> None:
    both(live(users=["ann"]), tmp_path)


def test_odd_names_and_paths_are_kept_in_files_every_system_can_hold(tmp_path: Path) -> None:
    account = live(
        {name: ([f"u{name}", name], []) for name in ODD_NAMES}, paths={"..": "/!\"#'*[]{}~/", "=": "/%41/"}
    )
    files = [name.removeprefix("groups/") for name in imported(account).files if name != ROOT]
    assert len({name.lower() for name in files}) == len(ODD_NAMES)
    assert all(name[0].isalnum() and not name.startswith(("con.", "NUL.")) for name in files)
    both(account, tmp_path)


def test_empty_groups_are_declared_empty_and_not_left_open(tmp_path: Path) -> None:
    text = imported(live({"devs": ([], [])})).files["groups/devs.yaml"]
    assert "members: []" in text and "policies: []" in text


def test_what_could_not_be_read_is_not_managed_and_said(tmp_path: Path) -> None:
    account = live({"devs": (["ann"], ["aws:A"])})
    group = replace(account.groups["devs"], members=None, policies=None, inline=None)
    account = replace(account, groups={"devs": group})
    found = imported(account)
    assert "members" not in found.files["groups/devs.yaml"].split("groups:")[1]
    assert [remark.partition(" (")[0] for remark in found.remarks] == [
        "devs: its members could not be read",
        "devs: its policies could not be read",
        "devs: its inline policies could not be read",
    ]
    both(account, tmp_path)


def test_policies_members_also_hold_directly_stay_by_a_setting_the_file_explains(tmp_path: Path) -> None:
    account = live({"devs": (["ann"], ["aws:A"])}, direct={"ann": ["aws:A", "aws:B"]})
    found = imported(account)
    assert "settings:\n  direct_policies: report\n" in found.files[ROOT]
    assert "# direct_policies: the default, detach_covered, would take away" in found.files[ROOT]
    assert found.remarks == ("policies that members hold directly, which stay: ann",)
    both(account, tmp_path)


def test_without_such_people_the_default_stays() -> None:
    account = live({"devs": (["ann"], ["aws:A"])}, direct={"ann": ["aws:B"], "zoe": ["aws:A"]})
    assert "settings" not in imported(account).files[ROOT]


def test_what_people_in_none_of_the_groups_hold_directly_is_said() -> None:
    account = live({"devs": (["ann"], ["aws:A"])}, direct={"ann": ["aws:B"], "kim": ["aws:Admin"]})
    assert imported(account).remarks == (
        "policies that members hold directly, which stay: ann",
        "policies that users in none of these groups hold directly, which stay: kim",
    )


def test_inline_policies_are_said_where_they_are(tmp_path: Path) -> None:
    account = live({"devs": (["ann"], [])}, inline={"devs": ["own"], "ann": ["mine"]})
    found = imported(account)
    assert (
        "\n# devs: inline policies, which stay and are only reported: own\n"
        in found.files["groups/devs.yaml"]
    )
    assert "inline policies of members, which stay and are only reported: ann" in found.remarks
    both(account, tmp_path)


def test_a_policy_no_configuration_can_name_is_tolerated(tmp_path: Path) -> None:
    odd = "arn:aws:iam::123456789012:policy/a b/tool"
    account = live({"devs": ([], ["aws:A"])})
    group = replace(account.groups["devs"], policies=frozenset({odd, arn("aws:A")}))
    found = imported(replace(account, groups={"devs": group}))
    assert "attachments: additive" in found.files["groups/devs.yaml"]
    assert "tolerated" in found.remarks[0]
    both(replace(account, groups={"devs": group}), tmp_path)


@pytest.mark.parametrize("path", ["///", "/a\x7fb/"])
def test_a_path_iam_takes_and_no_configuration_can_say_is_left_out_and_said(
    tmp_path: Path, path: str
) -> None:
    account = live({"devs": (["ann"], [])}, paths={"devs": path})
    found = imported(account)
    assert "path:" not in found.files["groups/devs.yaml"]
    assert "its path cannot be written" in found.remarks[0]
    both(account, tmp_path)


def test_a_policy_aws_no_longer_lets_anybody_attach_is_kept(tmp_path: Path) -> None:
    account = live({"devs": ([], ["aws:Old"])})
    account = replace(account, policies={arn("aws:Old"): LivePolicy(arn("aws:Old"), attachable=False)})
    both(account, tmp_path)


def test_chosen_groups_only_and_their_names_ignore_case(tmp_path: Path) -> None:
    account = live({"devs": (["ann"], []), "ops": ([], []), "qa": ([], [])})
    found = imported(account, ["OPS"])
    assert set(found.files) == {ROOT, "groups/ops.yaml", "accepted.yaml"}
    assert found.remarks == ("other groups, which stay and are only reported: 2",)
    both(account, tmp_path, ["OPS"])


def test_a_group_that_does_not_exist_is_refused_with_what_was_meant() -> None:
    with pytest.raises(UsageError, match="no group devz in account 123456789012; did you mean devs"):
        imported(live({"devs": ([], [])}), ["devz"])


def test_nothing_is_overwritten_and_then_nothing_is_written(tmp_path: Path) -> None:
    found = imported(live({"devs": ([], []), "ops": ([], [])}))
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "ops.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"ops\.yaml exist already, and import overwrites nothing"):
        write(found, str(tmp_path))
    assert [path.name for path in tmp_path.rglob("*.yaml")] == ["ops.yaml"]
    assert (tmp_path / "groups" / "ops.yaml").read_text() == "mine"


def test_chosen_groups_join_a_configuration_that_is_there(tmp_path: Path) -> None:
    account = live({"devs": ([], []), "ops": ([], [])})
    write(imported(account, ["devs"]), str(tmp_path), groups_only=True)
    before = (tmp_path / ROOT).read_text()
    assert write(imported(account, ["ops"]), str(tmp_path), groups_only=True) == (
        str(tmp_path / "groups" / "ops.yaml"),
    )
    assert (tmp_path / ROOT).read_text() == before
    assert {group.name for group in config.load(tmp_path).groups} == {"devs", "ops"}


def test_a_dangling_link_counts_as_a_file(tmp_path: Path) -> None:
    (tmp_path / ROOT).symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="overwrites nothing"):
        write(imported(live()), str(tmp_path))


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write(imported(live()), str(tmp_path / "file"))


def test_comments_cannot_be_broken_out_of(tmp_path: Path) -> None:
    account = live({"devs": ([], [])}, inline={"devs": ["x\ngroups: {}\n\x85y"]})
    both(account, tmp_path)


@settings(RUNS, max_examples=60)
@given(cases())
def test_the_first_plan_of_any_account_is_empty(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    both(case[1], tmp_path_factory.mktemp("account"))
