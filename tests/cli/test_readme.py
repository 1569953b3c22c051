"""The plan that README.md shows is what iamgroups prints. Counts of actions are for AWS to change."""

import re
from pathlib import Path

from tests.cli.account import account, aws, desk

README = (Path(__file__).parents[2] / "README.md").read_text()
READ = aws("AmazonS3ReadOnlyAccess")
FILES = """\
version: 1
account_id: "123456789012"
groups:
  developers:
    policies: ["aws:AmazonS3ReadOnlyAccess"]
    members:
      - alice
      - bob
      - {user: carol, expires: 2099-12-31, reason: SEC-142}
"""


def comparable(text: str) -> str:
    """Return a plan without its first line, its notes and its digest; counts of actions are masked."""
    kept = re.sub(r"\AAccount .*\n\n|^Notes\n(?:  .*\n)+\n|^Digest: .*\n", "", text, flags=re.MULTILINE)
    start = kept.index("\nAccess:")
    return kept[:start] + re.sub(r"\b[0-9]+(?![0-9]*:)\b", "N", kept[start:])


def test_the_plan_on_the_first_screen_is_a_real_one(tmp_path: Path) -> None:
    shown = re.search(r"runs this plan. -->\n```\n(.*?)```", README, re.DOTALL)
    assert shown
    people = {"alice": (), "bob": (READ,), "carol": (), "mallory": ()}
    iam = account(people, {"developers": ("/", (READ,), ("alice", "mallory"))})
    with desk(tmp_path, iam) as office:
        (tmp_path / "iamgroups.yaml").write_text(FILES)
        printed = office.run("plan").stdout
    assert comparable(printed) == comparable(shown[1])


def test_every_page_that_readme_names_exists() -> None:
    root = Path(__file__).parents[2]
    links = re.findall(r"\]\(([^)#]+)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
