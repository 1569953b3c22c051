"""Good configurations: each loads, and each means what is said beside it."""

# A case stands on one line where it can.
# ruff: noqa: E501

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamgroups.config import load
from iamgroups.state.config import Config, Settings
from iamgroups.state.term import Time
from iamgroups.state.term import told as told_time
from tests.config.broken import ANYTHING, Files, Link, root
from tests.config.test_broken import lay_out


def members(config: Config) -> list[str]:
    return [member.user for group in config.groups for member in group.members or ()]


def told(when: Time | None) -> str:
    return told_time(when) if when else ""


def specs(config: Config) -> list[str]:
    return [ref.spec for group in config.groups for ref in group.policies or ()]


def warnings(config: Config) -> list[str]:
    return [f"{position}: {text}" for text, position in config.warnings]


GROUP = "groups: {g: {members: [%s]}}"
OWNED = "policies: {p: {document: p.json, path: /x/}}\n"
GOOD: dict[str, tuple[Files, Callable[[Config], Any], Any]] = {
    "teams of teams, in any order": (
        root(
            "teams:\n  all: [{team: b}, {team: a}]\n  a: [x, {user: y, expires: 2099-01-01}]\n  b: [{team: a, expires: 2030-01-01}, z]\n"
            "groups: {g: {members: [{team: all}]}}\n"
        ),
        lambda c: [(m.user, str(m.expires or ""), m.via, m.position.line) for m in c.groups[0].members or ()],
        [("x", "", "all", 5), ("y", "2099-01-01", "all", 5), ("z", "", "all", 6)],
    ),
    "policy sets of policy sets": (
        root(
            "policy_sets: {all: [{set: b}, 'aws:A'], b: ['aws:B', 'aws:A']}\ngroups: {g: {policies: [{set: all}]}}\n"
        ),
        lambda c: [(ref.spec, ref.via) for ref in c.groups[0].policies or ()],
        [("aws:B", "all"), ("aws:A", "all")],
    ),
    "an exclusive group that spares a pattern": (
        root("groups: {g: {members: [a], membership: {exclusive: true, except: ['svc-*', Bob]}}}\n"),
        lambda c: [c.groups[0].keeps(name) for name in ("SVC-build", "bob", "alice")],
        [True, True, False],
    ),
    "a template, filled in for the account": (
        {
            **root("policies: {p: {document: p.json, template: true}}"),
            "p.json": '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:{partition}:s3:::b-{account_id}"}}',
        },
        lambda c: [
            c.policies[0].document["Statement"]["Resource"],
            c.policies[0].document_for("999999999999", "aws-cn")["Statement"]["Resource"],
        ],
        ["arn:aws:s3:::b-123456789012", "arn:aws-cn:s3:::b-999999999999"],
    ),
    "a template that names a partition by itself, which holds in every account": (
        {
            **root("policies: {p: {document: p.json, template: true}}"),
            "p.json": '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",'
            ' "Resource": ["arn:{partition}:s3:::b", "arn:aws:s3:::b", "arn:*:s3:::{account_id}"]}}',
        },
        lambda c: [(name, str(position)) for name, position in c.policies[0].partitions],
        [("aws", "p.json:1:107")],
    ),
    "nothing but the head": (root(""), lambda c: (c.groups, c.settings), ((), Settings())),
    "an account id without quotes": (
        {"iamgroups.yaml": "version: 1\naccount_id: 012345678901\n"},
        lambda c: c.account_id,
        "012345678901",
    ),
    "JSON, which is YAML": (
        {
            "iamgroups.yaml": '{"version": 1, "account_id": "123456789012", "groups": {"g": {"members": ["a"]}}}'
        },
        members,
        ["a"],
    ),
    "Windows line ends": (root("groups:\r\n  g:\r\n    members:\r\n      - a\r\n"), members, ["a"]),
    "no line end at the end": (root("groups:\n  g:\n    members:\n      - a"), members, ["a"]),
    "an explicit document": (
        {"iamgroups.yaml": f"%YAML 1.1\n---\n{root('')['iamgroups.yaml']}...\n"},
        members,
        [],
    ),
    "names YAML takes for other things": (
        root(GROUP % "no, 012, 1e3, null, 2026-12-31, .5, '=', 0x1F, 1_000"),
        members,
        ["no", "012", "1e3", "null", "2026-12-31", ".5", "=", "0x1F", "1_000"],
    ),
    "every character a name may have": (root(GROUP % "'a+b=c,d.e@f-g_h'"), members, ["a+b=c,d.e@f-g_h"]),
    "a user who is named like a mailbox": (root(GROUP % "alice@example.com"), members, ["alice@example.com"]),
    "a user named root": (root(GROUP % "root"), members, ["root"]),
    "a user name of 128 characters": (root(GROUP % ("u" * 128)), members, ["u" * 128]),
    "a leap day": (root(GROUP % "{user: a, expires: 2028-02-29}"), members, ["a"]),
    "an alias": (
        root("teams: {t: &t [a]}\ngroups: {g: {members: *t}, h: {members: [{team: t}]}}"),
        members,
        ["a", "a"],
    ),
    "a scalar under an alias": (
        root("teams: {t: [&a alice]}\ngroups: {*a : {members: [*a, {team: t}]}}"),
        members,
        ["alice"],
    ),
    "a key that is <<, in quotes": (
        root('groups: {g: {description: "<<"}}'),
        lambda c: c.groups[0].description,
        "<<",
    ),
    "teams that overlap without a word": (
        root("teams: {t: [a, b], u: [b, c]}\ngroups: {g: {members: [{team: t}, {team: u}]}}"),
        lambda c: (members(c), warnings(c)),
        (["a", "b", "c"], []),
    ),
    "somebody listed twice": (
        root(GROUP % "{user: a, expires: 2026-01-01}, {user: a, expires: 2027-01-01}"),
        lambda c: (str(c.groups[0].members[0].expires), warnings(c)),  # type: ignore[index]
        (
            "2027-01-01",
            [
                "iamgroups.yaml:3:63: 'a' is in group 'g' twice, also at iamgroups.yaml:3:31; kept until 2027-01-01"
            ],
        ),
    ),
    "people and policies for a time": (
        root(
            "teams: {t: [{user: a, starts: 2026-01-02, expires: 2026-03-01}]}\n"
            "groups: {g: {members: [{team: t, starts: 2026-01-01, expires: 2026-02-01T12:00+01:00}],"
            " policies: [{policy: 'aws:X', starts: 2026-01-01, reason: r}, {policy: 'aws:X', starts: 2027-01-01}]}}"
        ),
        lambda c: (
            [(told(m.starts), told(m.expires)) for m in c.groups[0].members or ()],
            [(ref.spec, told(ref.starts)) for ref in c.groups[0].policies or ()],
            warnings(c),
        ),
        (
            [("2026-01-02", "2026-02-01T11:00Z")],
            [("aws:X", "2026-01-01"), ("aws:X", "2027-01-01")],
            [],
        ),
    ),
    "a pending team": (
        root("teams: {t: [a]}\ngroups: {g: {members: [{team: t, pending: true}]}}"),
        lambda c: [member.pending for member in c.groups[0].members or ()],
        [True],
    ),
    "somebody pending within a team": (
        root("teams: {t: [{user: a, pending: true}, b]}\ngroups: {g: {members: [{team: t}]}}"),
        lambda c: [member.pending for member in c.groups[0].members or ()],
        [True, False],
    ),
    "a policy through a set and by hand": (
        root("policy_sets: {s: ['aws:A']}\ngroups: {g: {policies: [{set: s}, 'aws:A', 'aws:B']}}"),
        lambda c: (specs(c), warnings(c)),
        (["aws:A", "aws:B"], []),
    ),
    "a policy listed twice": (
        root("groups: {g: {policies: ['aws:A', 'aws:A']}}"),
        lambda c: (specs(c), warnings(c)),
        (["aws:A"], ["iamgroups.yaml:3:34: 'aws:A' is listed twice, also at iamgroups.yaml:3:25"]),
    ),
    "ARNs of one partition": (
        root(
            "groups: {g: {policies: ['arn:aws-cn:iam::aws:policy/job-function/Billing', 'arn:aws-cn:iam::123456789012:policy/x']}}"
        ),
        specs,
        ["arn:aws-cn:iam::aws:policy/job-function/Billing", "arn:aws-cn:iam::123456789012:policy/x"],
    ),
    "an owned policy named in four ways": (
        {
            **root(
                OWNED
                + "groups: {g: {policies: ['local:p', 'local:P', 'local:x/p', 'arn:aws:iam::123456789012:policy/x/p']}}"
            ),
            "p.json": ANYTHING,
        },
        lambda c: (len(specs(c)), c.policies[0].name),
        (4, "p"),
    ),
    "a document behind a link within the folder": (
        {**root(OWNED), "p.json": Link("q.json"), "q.json": ANYTHING},
        lambda c: c.policies[0].document["Version"],
        "2012-10-17",
    ),
    "an include that also names the root, and a file twice": (
        root("include: ['*.yaml', b.yaml]\n", b="groups: {b: {}}\n", c=Link("b.yaml")),
        lambda c: [group.name for group in c.groups],
        ["b"],
    ),
    "a rename, done or not": (
        root("groups: {b: {}}\nmoved: [{from: a, to: B}]"),
        lambda c: c.moved[0].source,
        "a",
    ),
    "a removed group that is still protected": (
        root("guardrails: {protected_groups: [a]}\nremoved: [{group: a}]"),
        lambda c: (c.removed[0].name, warnings(c)),
        ("a", []),
    ),
    "a set and a team nobody uses": (
        root("policy_sets: {s: []}\nteams: {t: []}"),
        warnings,
        [
            "iamgroups.yaml:3:15: policy set 's' is not used",
            "iamgroups.yaml:4:9: team 't' is not used",
        ],
    ),
    "a guardrail on a misspelt group": (
        root(
            "guardrails: {protected_groups: [break-glas], min_members: {other: 1}}\ngroups: {break-glass: {}}"
        ),
        warnings,
        [
            "iamgroups.yaml:3:33: group 'break-glas' of this guardrail is not declared; did you mean 'break-glass'?",
            "iamgroups.yaml:3:60: group 'other' of this guardrail is not declared",
        ],
    ),
    "delete below a path": (
        root("settings: {path: /x/, undeclared_groups: delete, lock: s3://my-bucket/a/b.lock}"),
        lambda c: (c.settings.undeclared_groups, c.settings.lock),
        ("delete", "s3://my-bucket/a/b.lock"),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_configuration_means_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, ask, answer = GOOD[name]
    lay_out(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    assert ask(load(".")) == answer
