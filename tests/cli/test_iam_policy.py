"""`iamgroups iam-policy` as a process; what it allows is tested in tests/workflow/test_least_privilege.py."""

import json
from pathlib import Path

from tests.cli.process import run

CONFIG = {
    "version": 1,
    "account_id": "123456789012",
    "settings": {"lock": "s3://locks/team"},
    "groups": {"devs": {"policies": ["aws:ReadOnlyAccess"], "members": ["ann"]}},
}


def test_it_prints_a_policy_iam_takes_without_any_credentials(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps(CONFIG))
    done = run("iam-policy", "apply", "--partition", "aws-cn", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["Version"] == "2012-10-17"
    lock = next(statement for statement in document["Statement"] if statement["Sid"] == "Lock")
    assert lock["Resource"] == ["arn:aws-cn:s3:::locks/team"]


def test_several_documents_are_written_as_numbered_files(tmp_path: Path) -> None:
    groups = {f"group-with-a-long-name-{n:03}": {"members": [f"someone{n}"]} for n in range(200)}
    (tmp_path / "iamgroups.yaml").write_text(json.dumps({**CONFIG, "groups": groups}))
    done = run("iam-policy", "apply", "--out", "new/out", cwd=tmp_path)
    files = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    assert done.stdout.splitlines() == [f"new/out/iamgroups-apply-{n}.json" for n in range(1, len(files) + 1)]
    assert len(files) > 2
    assert f"{len(files)} policies: attach every one of them to the role." in done.stderr
    for path in (tmp_path / "new" / "out").iterdir():
        assert len(json.dumps(json.loads(path.read_text()), separators=(",", ":"))) <= 6144


def test_a_folder_that_cannot_be_made_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps(CONFIG))
    done = run("iam-policy", "plan", "--out", "iamgroups.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: iamgroups.yaml: no such folder can be made: File exists\n"


def test_a_broken_configuration_is_told_as_validate_tells_it(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text("version: 1\ngroups: {}\n")
    done = run("iam-policy", "plan", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "account_id" in done.stderr


def test_trust_policies_are_printed_for_one_role_or_all_three(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps(CONFIG))
    every = json.loads(run("iam-policy", "--trust", "github:o/r", cwd=tmp_path).stdout)
    one = json.loads(run("iam-policy", "apply", "--trust", "github:o/r", cwd=tmp_path).stdout)
    assert list(every) == ["plan", "apply", "drift"]
    assert every["apply"] == one


def test_the_roles_are_printed_for_terraform_and_for_cloudformation(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps(CONFIG))
    made = run("iam-policy", "--trust", "gitlab:g/p", "--terraform", cwd=tmp_path)
    assert json.loads(made.stdout)["resource"]["aws_s3_bucket"]["lock"]["bucket"] == "locks"
    (tmp_path / "iamgroups.yaml").write_text(json.dumps({**CONFIG, "settings": {}}))
    made = run("iam-policy", "--trust", "gitlab:g/p", "--cloudformation", cwd=tmp_path)
    assert "LockBucket" not in json.loads(made.stdout)["Resources"]
    assert made.stderr == "There is no bucket for the lock in it: settings.lock is not set.\n"


def test_options_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps(CONFIG))
    both = ("--terraform", "--cloudformation", "--trust", "github:o/r")
    for words in (
        (),
        ("--terraform",),
        both,
        ("plan", "--terraform", "--trust", "github:o/r"),
        ("--trust", "o/r"),
    ):
        done = run("iam-policy", *words, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert "--trust" in done.stderr
