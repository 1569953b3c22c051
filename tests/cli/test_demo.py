"""The demo is the whole job, and ends well."""

from tests.cli.process import run


def test_the_demo_moves_twenty_people_and_finds_drift_without_an_aws_account() -> None:
    done = run("demo", env={"AWS_PROFILE": "somebody-elses"})
    assert done.returncode == 0, done.stderr
    text = done.stdout
    steps = [
        "import --suggest --exclude 'svc-*'",
        "plan --out plan.json",
        "apply plan.json",
        "plan",
        "apply --auto-approve",
        "explain alice s3:GetObject arn:aws:s3:::company-data/salaries.csv",
        "drift",
        "plan",
    ]
    assert [
        line.removeprefix("$ iamgroups ") for line in text.splitlines() if line.startswith("$ iamgroups")
    ] == steps
    assert "Plan: +1 group, +1 policy, +20 members, -20 direct policies." in text
    assert "nobody gains or loses an action; 20 people keep it by another way" in text
    assert "No changes: the account is what the configuration says." in text
    assert "DENIED" in text
    assert "- walter is in s3-read-only (not declared)" in text
    assert "this one goes with the demo's other files when it ends" in text
    assert "Traceback" not in done.stderr
