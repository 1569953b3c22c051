"""Twenty people hold a policy directly: one command proposes a group, one applies it, one edit limits it."""

import json
from pathlib import Path

from tests.cli.account import account, aws, desk
from tests.policy.documents import document, statement

READ = aws("AmazonS3ReadOnlyAccess")
PEOPLE = [f"user{number:02}" for number in range(20)]
REPORT, SALARIES = "arn:aws:s3:::data/reports/may.csv", "arn:aws:s3:::data/salaries.csv"


def test_one_document_restricts_all_twenty_to_a_prefix(tmp_path: Path) -> None:
    with desk(tmp_path, account(dict.fromkeys(PEOPLE, (READ,)))) as office:
        assert office.run("import", "--suggest").returncode == 0
        assert office.run("apply", "--auto-approve").returncode == 0
        assert not any(user.attached for user in office.iam.store.users.values())
        for file in (REPORT, SALARIES):
            assert (
                office.run("explain", "user07", "s3:GetObject", file, "--expect", "allowed").returncode == 0
            )
        reports = document(statement("s3:GetObject", "arn:aws:s3:::data/reports/*"))
        (tmp_path / "reports.json").write_text(json.dumps(reports))
        group = tmp_path / "groups" / "s3-read-only.yaml"
        text = group.read_text().replace("aws:AmazonS3ReadOnlyAccess", "local:reports")
        group.write_text(f"policies:\n  reports: {{document: reports.json}}\n\n{text}")
        plan = office.json("plan")
        assert [change["address"] for change in plan["changes"]] == [
            "policy/reports",
            "attachment/s3-read-only/local:reports",
            "attachment/s3-read-only/aws:AmazonS3ReadOnlyAccess",
        ]
        (row,) = plan["access"]["rows"]
        assert row["people"] == PEOPLE
        assert office.run("apply", "--auto-approve").returncode == 0
        for file, verdict in ((REPORT, "allowed"), (SALARIES, "denied")):
            done = office.run("explain", "user07", "s3:GetObject", file, "--expect", verdict)
            assert done.returncode == 0, done.stdout
