"""`iamgroups import` as a process: files whose first plan is empty."""

import json
from pathlib import Path

import pytest

from tests.cli.account import account, aws, desk
from tests.policy.documents import document, statement

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


def test_what_people_hold_directly_moves_into_proposed_groups(tmp_path: Path) -> None:
    admin = aws("AdministratorAccess")
    people = {f"user{number:02}": (READ,) for number in range(20)}
    iam = account(
        {**people, "frank": (admin,), "svc-build": (READ,), "ivy": (VIEW,)}, {"viewers": ("/", (VIEW,), ())}
    )
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--suggest", "--exclude", "svc-*", "--out", "iam")
        assert done.returncode == 0, done.stderr
        assert "iam/groups/s3-read-only.yaml" in done.stdout.splitlines()
        assert done.stderr.splitlines()[:7] == [
            "Group          People   Replaces   Policies",
            "viewers            +1          1   aws:ViewOnlyAccess (exists)",
            "s3-read-only       20         20   aws:AmazonS3ReadOnlyAccess",
            "The first plan takes away 21 direct policies that groups give. 1 remains.",
            "  aws:AdministratorAccess (administrator): frank",
            "Privileged policies are not proposed. --include-privileged proposes them.",
            "Left out by --exclude: svc-build.",
        ]
        assert office.run("fmt", "--check", "-c", "iam").returncode == 0
        plan = office.run("plan", "-c", "iam")
        assert "+1 group, +1 policy, +21 members, -21 direct policies" in plan.stdout
        assert "nobody gains or loses an action" in plan.stdout
        assert office.run("apply", "-c", "iam", "--auto-approve").returncode == 0
        drift = office.run("drift", "-c", "iam")
        assert drift.returncode == 0, drift.stdout
    assert {name for name, user in iam.store.users.items() if user.attached} == {"frank", "svc-build"}


def test_options_of_a_suggestion_need_it(tmp_path: Path) -> None:
    with desk(tmp_path, account()) as office:
        done = office.run("import", "--exclude", "svc-*")
        assert (done.returncode, "need --suggest" in done.stderr) == (1, True)
        assert office.requests() == {}


def test_own_policies_cost_two_requests_each_and_their_first_plan_is_empty(tmp_path: Path) -> None:
    iam = account({"ann": ()}, {"devs": ("/", (READ,), ("ann",))})
    text = json.dumps(document(statement("sqs:SendMessage")))
    iam.call("CreatePolicy", {"PolicyName": "send", "Path": "/queues/", "PolicyDocument": text})
    own = "arn:aws:iam::123456789012:policy/queues/send"
    iam.call("AttachGroupPolicy", {"GroupName": "devs", "PolicyArn": own})
    iam.call("PutGroupPolicy", {"GroupName": "devs", "PolicyName": "extra", "PolicyDocument": text})
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--own", "--out", "iam")
        assert done.returncode == 0, done.stderr
        assert office.requests() == {
            "GetCallerIdentity": 1,
            "GetAccountSummary": 1,
            "GetAccountAuthorizationDetails": 2,
            "GetPolicy": 1,
            "GetPolicyVersion": 1,
        }
        assert set(done.stdout.splitlines()) == {
            "iam/.gitignore",
            "iam/accepted.yaml",
            "iam/groups/devs.yaml",
            "iam/iamgroups.yaml",
            "iam/policies.yaml",
            "iam/policies/inline/devs/extra.json",
            "iam/policies/send.json",
            "iam/schemas/config.schema.json",
        }
        plan = office.run("plan", "-c", "iam", "--detailed-exitcode")
        assert plan.returncode == 0, plan.stdout
        assert office.run("drift", "-c", "iam").returncode == 0
        (tmp_path / "iam/policies/send.json").write_text(text.replace("SendMessage", "ReceiveMessage"))
        changed = office.run("plan", "-c", "iam")
        assert (
            "policy send gets a new version, and was not made by iamgroups: taken over by `adopt`"
            in changed.stdout
        )


def test_inline_policies_of_groups_become_managed_ones(tmp_path: Path) -> None:
    iam = account({"ann": ()}, {"devs": ("/", (), ("ann",)), "ops": ("/", (), ("ann",))})
    text = json.dumps(document(statement("sqs:SendMessage")))
    for group in ("devs", "ops"):
        iam.call("PutGroupPolicy", {"GroupName": group, "PolicyName": "send", "PolicyDocument": text})
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--convert", "--out", "iam")
        assert done.returncode == 0, done.stderr
        plan = office.run("plan", "-c", "iam")
        assert "Plan: +1 policy document, +2 policies, -2 inline policies." in plan.stdout, plan.stdout
        assert "nobody gains or loses an action" in plan.stdout
        assert office.run("apply", "-c", "iam", "--auto-approve").returncode == 0
        assert office.run("plan", "-c", "iam", "--detailed-exitcode").returncode == 0
        assert office.run("drift", "-c", "iam").returncode == 0


def test_a_root_that_is_there_needs_the_setting_for_a_suggestion(tmp_path: Path) -> None:
    iam = account({"ann": (READ,)}, {"devs": ("/", (), ()), "readers": ("/", (READ,), ())})
    with desk(tmp_path, iam) as office:
        assert office.run("import", "--group", "devs").returncode == 0
        done = office.run("import", "--group", "readers", "--suggest")
        assert done.stdout == "groups/readers.yaml\n"
        assert (
            "The root stays as it is: direct policies go if its settings say detach_covered, the default."
            in done.stderr
        )
