"""Many accounts in every format: a table, each text once, and never more than a comment takes."""

import json
from pathlib import Path

import jsonschema

from iamgroups.render import Look, github, human, markdown
from iamgroups.render import json as as_json
from iamgroups.results.combined import Combined, OneAccount

from .golden import matches

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "accounts.schema.json").read_text())


def account(number: int, code: int, says: str, text: str = "") -> OneAccount:
    return OneAccount(f"accounts/a{number}.yaml", f"{number:012}", code, says, text, digest=f"{number:064}")


def plan(number: int, user: str) -> str:
    return f"Account {number:012}\n\n+ member {user}\n\nDigest: {number:064}\n"


MANY = Combined(
    "plan",
    (
        account(1, 2, "1 change", plan(1, "bob")),
        account(2, 0, "no changes", "No changes.\n"),
        account(3, 2, "1 change", plan(3, "bob")),
        account(4, 2, "1 change", plan(4, "eve")),
        account(5, 0, "no changes", "No changes.\n"),
        OneAccount("accounts/x.yaml", "", 1, "accounts/x.yaml:3:1: unknown key 'grups'"),
    ),
)


def test_a_terminal_gets_a_table_and_each_plan_once() -> None:
    matches("combined.txt", human.combined(MANY))


def test_a_row_for_each_account_when_all_is_asked_for() -> None:
    rows = human.combined(MANY, Look(full=True)).splitlines()[2:8]
    assert [row.split()[1] for row in rows] == [
        *("000000000001", "000000000003", "000000000004", "000000000002", "000000000005", "accounts/x.yaml"),
    ]


def test_a_comment_gets_the_same() -> None:
    matches("combined.md", markdown.combined(MANY))


def test_a_thousand_different_plans_fit_into_a_comment() -> None:
    accounts = tuple(account(n, 2, f"{n} changes", plan(n, f"user{n}" * 20)) for n in range(1_000))
    text = markdown.combined(Combined("plan", accounts))
    assert len(text.encode()) < 65_000
    assert "more accounts had no room here" in text


def test_json_has_every_account_with_its_result() -> None:
    accounts = tuple(
        one._replace(text=json.dumps({"kind": "plan"}) if one.text else "") for one in MANY.accounts
    )
    document = json.loads(as_json.combined(Combined("plan", accounts)))
    jsonschema.validate(document, SCHEMA)
    assert [one.get("result") for one in document["accounts"]] == [{"kind": "plan"}] * 5 + [None]
    assert (document["exit_code"], document["digest"]) == (1, "")


def test_annotations_name_failed_accounts_first_and_stay_within_the_limit() -> None:
    line = "::error file=shared.yaml,line=1,col=1,title=iamgroups::no IAM user zed"
    accounts = [account(n, 1, "broken", f"{line}{n % 9}\n") for n in range(9)]
    lines = github.combined(Combined("plan", tuple(accounts))).splitlines()
    assert len(lines) == 10
    assert lines[0].endswith("::000000000000 (accounts/a0.yaml): broken")
    assert lines[-1].endswith("::and 9 more errors")
