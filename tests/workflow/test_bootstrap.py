"""The roles of a pipeline trust exactly the jobs of its recipes."""

from fnmatch import fnmatchcase

import pytest

from iamgroups.errors import UsageError
from iamgroups.workflow.bootstrap import COMMANDS, bootstrap, trusted
from iamgroups.workflow.least_privilege import Command, documents, grants
from tests.accounts import config

ACCOUNT = "123456789012"


def trusts(project: str, command: Command, subject: str, audience: str) -> bool:
    """Say whether IAM would let a token with these claims become the role."""
    found = trusted(project)
    (statement,) = found.document(command, ACCOUNT, "aws")["Statement"]
    assert statement["Principal"]["Federated"] == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{found.issuer}"
    claims = {f"{found.issuer}:sub": subject, f"{found.issuer}:aud": audience}
    return all(
        any(
            fnmatchcase(claims[key], value) if operator == "StringLike" else claims[key] == value
            for value in values
        )
        for operator, tests in statement["Condition"].items()
        for key, values in tests.items()
    )


GITHUB = {
    "repo:o/r:pull_request": ["plan"],
    "repo:o/r:ref:refs/heads/main": ["plan"],
    "repo:o/r:ref:refs/heads/gh-readonly-queue/main/pr-7-abc": ["plan"],
    "repo:o/r:ref:refs/heads/branch": [],
    "repo:o/r:environment:production": ["apply"],
    "repo:o/r:environment:expire": ["apply"],
    "repo:o/r:environment:drift": ["drift"],
    "repo:o/r:environment:production-2": [],
    "repo:o/r2:pull_request": [],
    "repo:x/o/r:environment:production": [],
}
GITLAB = {
    "project_path:g/s/p:ref_type:branch:ref:main": ["plan", "apply", "drift"],
    "project_path:g/s/p:ref_type:branch:ref:feature/x": ["plan"],
    "project_path:g/s/p:ref_type:tag:ref:main": [],
    "project_path:g/s:ref_type:branch:ref:main": [],
}


@pytest.mark.parametrize("subject", GITHUB)
def test_github_jobs_become_the_role_of_their_workflow(subject: str) -> None:
    found = [each for each in COMMANDS if trusts("github:o/r", each, subject, "sts.amazonaws.com")]
    assert found == GITHUB[subject]
    assert not any(trusts("github:o/r", each, subject, "another") for each in COMMANDS)


@pytest.mark.parametrize("host", ["", "@git.example.com"])
@pytest.mark.parametrize("subject", GITLAB)
def test_gitlab_jobs_become_the_role_of_their_branch(subject: str, host: str) -> None:
    audience = f"https://{host.removeprefix('@') or 'gitlab.com'}"
    found = [each for each in COMMANDS if trusts(f"gitlab:g/s/p{host}", each, subject, audience)]
    assert found == GITLAB[subject]


@pytest.mark.parametrize(
    "text", ["", "o/r", "github:o", "github:o/*", "github:o/r/x", "gitlab:p", "gitlab:g/?", "gitlab:g/p@a b"]
)
def test_what_names_no_project_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(UsageError, match="write github:ORG/REPO or gitlab:GROUP/PROJECT"):
        trusted(text)


def test_the_roles_hold_what_their_commands_need() -> None:
    made = bootstrap(config(), trusted("github:o/r"))
    assert [role.name for role in made.roles] == [f"iamgroups-{command}" for command in COMMANDS]
    assert [role.policies for role in made.roles] == [documents(grants(config(), each)) for each in COMMANDS]
    assert made.bucket == ""
