"""`iamgroups import` as a process: files whose first plan is empty."""

from pathlib import Path

import pytest

from tests.cli.account import account, aws, desk

READ = aws("AmazonS3ReadOnlyAccess")
VIEW = aws("job-function/ViewOnlyAccess")
PEOPLE = tuple(f"a+b=c,d.e@f-g_{number}" for number in range(60))


@pytest.mark.parametrize("arguments", [(), ("--single",)])
def test_one_group_is_imported_and_its_first_plan_is_empty(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    iam = account({"Ann": (READ,), "bob": ()}, {"Devs": ("/x/", (READ, VIEW), ("Ann", "bob"))})
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--out", "iam", *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[0] == "iam/iamgroups.yaml"
        assert "policies that members hold directly, which stay: Ann" in done.stderr
        assert office.run("fmt", "--check", "-c", "iam").returncode == 0
        plan = office.run("plan", "-c", "iam", "--detailed-exitcode")
        assert plan.returncode == 0, plan.stdout
        assert office.run("drift", "-c", "iam").returncode == 0
        before = {path: path.read_text() for path in (tmp_path / "iam").rglob("*.yaml")}
        again = office.run("import", "--out", "iam", *arguments)
        assert again.returncode == 1
        assert "import overwrites nothing" in again.stderr
        assert {path: path.read_text() for path in (tmp_path / "iam").rglob("*.yaml")} == before


def test_three_hundred_groups_with_odd_names_and_paths_are_imported(tmp_path: Path) -> None:
    names = [
        *(f"team-{number:03}" for number in range(293)),
        "..",
        "-rf",
        "no",
        "con",
        "0x1F",
        "@a",
        "a=b,c+d",
    ]
    groups = {
        name: ("/" if number % 3 else f"/{number}/", (READ, VIEW)[: number % 3], PEOPLE[number % 8 :: 8])
        for number, name in enumerate(names)
    }
    iam = account(dict.fromkeys(PEOPLE, ()))
    iam.store.quotas.update({"GroupsPerUserQuota": 300})
    for name, (path, arns, members) in groups.items():
        iam.call("CreateGroup", {"GroupName": name, "Path": path})
        for arn in arns:
            iam.call("AttachGroupPolicy", {"GroupName": name, "PolicyArn": arn})
        for member in members:
            iam.call("AddUserToGroup", {"GroupName": name, "UserName": member})
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--out", "iam")
        assert done.returncode == 0, done.stderr
        assert len(list((tmp_path / "iam" / "groups").iterdir())) == 300
        plan = office.run("plan", "-c", "iam", "--detailed-exitcode")
        assert plan.returncode == 0, plan.stdout
