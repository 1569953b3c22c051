"""The configuration people copy is a good one."""

import json
import re
import subprocess
from pathlib import Path

from iamgroups.config import load
from iamgroups.config.format import format_tree
from iamgroups.config.roots import find_roots

SAMPLE = Path(__file__).parents[2] / "sample-config"


def test_the_sample_loads_without_a_problem_or_a_doubt() -> None:
    config = load(SAMPLE)
    assert len(config.groups) >= 10
    assert config.warnings == ()


def test_the_accounts_share_their_groups_and_differ_in_people_sets_and_filled_in_documents() -> None:
    roots = find_roots([str(SAMPLE / "accounts" / "*.yaml")])
    configs = [load(root) for root in roots]
    assert len({config.account_id for config in configs}) == len(configs) == 3
    assert all(config.warnings == () for config in configs)
    assert {tuple(group.name for group in config.groups) for config in configs} == {
        ("developers", "operators")
    }
    people = {tuple(member.user for member in config.groups[0].members or ()) for config in configs}
    assert len(people) == 3
    for config in configs:
        assert config.account_id in json.dumps(config.policies[0].document)
        assert set(config.roles) == {"plan", "apply", "drift"}
    assert [root for root in roots if any(old != new for old, new in format_tree(root).values())] == []


def test_every_sample_file_names_the_schema_where_it_lies() -> None:
    files = [file for file in SAMPLE.rglob("*.yaml") if ".github" not in file.parts]
    for file in files:
        if modeline := re.search(r"^# yaml-language-server: \$schema=(.*)$", file.read_text(), re.M):
            assert (file.parent / modeline[1]).is_file()
        else:
            assert file.parent != SAMPLE / "groups"


def test_a_copy_made_as_the_guide_says_holds_everything_its_files_name(tmp_path: Path) -> None:
    guide = SAMPLE.parent.joinpath("docs", "gitops.md").read_text()
    assert "    cp -RL sample-config iam\n" in guide
    subprocess.run(["cp", "-RL", SAMPLE, tmp_path / "iam"], check=True)
    assert not [path for path in (tmp_path / "iam").rglob("*") if path.is_symlink()]
    for file in (tmp_path / "iam").rglob("*.yaml"):
        if modeline := re.search(r"\$schema=(.*)$", file.read_text(), re.M):
            schema = (file.parent / modeline[1]).resolve()
            assert schema.is_file() and schema.is_relative_to(tmp_path / "iam")


def test_people_can_inspect_themselves_and_nobody_else() -> None:
    document = next(policy.document for policy in load(SAMPLE).policies if policy.name == "self-inspect")
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] != "*"
        users = [action for action in statement["Action"] if "User" in action]
        if users:
            assert statement["Resource"] == [
                "arn:aws:iam::*:user/${aws:username}",
                "arn:aws:iam::*:user/*/${aws:username}",
            ]


def test_the_sample_is_in_canonical_form() -> None:
    assert [file for file, (before, after) in format_tree(SAMPLE).items() if before != after] == []
