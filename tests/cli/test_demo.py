"""The demo is the whole job, and ends well."""

from tests.cli.process import run


def test_the_demo_plans_applies_and_finds_drift_without_an_aws_account() -> None:
    done = run("demo", env={"AWS_PROFILE": "somebody-elses"})
    assert done.returncode == 0, done.stderr
    text = done.stdout
    steps = ["validate", "plan --out plan.json", "apply plan.json", "plan", "drift", "plan"]
    assert [
        line.removeprefix("$ iamgroups ") for line in text.splitlines() if line.startswith("$ iamgroups")
    ] == steps
    assert "No changes: the account is what the configuration says." in text
    assert "+ aws:Billing is not attached to finance" in text
    assert "this one goes with the demo's other files when it ends" in text
    assert "Traceback" not in done.stderr
