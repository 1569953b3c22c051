"""What an account needs before its first pipeline: three roles, who may become them, and the lock's bucket.

Claims of the identity tokens:
https://docs.github.com/en/actions/reference/security/oidc and
https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from iamgroups.errors import UsageError
from iamgroups.results.bootstrap import Bootstrap, Document, Role
from iamgroups.state.config import Config
from iamgroups.workflow.least_privilege import Command, documents, grants

COMMANDS: tuple[Command, ...] = ("plan", "apply", "drift")
_GITHUB = re.compile(r"github:(?P<project>[\w.-]+/[\w.-]+)", re.ASCII)
_GITLAB = re.compile(r"gitlab:(?P<project>[\w.-]+(?:/[\w.-]+)+)(?:@(?P<host>[a-z0-9.-]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A project whose jobs may become the roles: each role's `sub` claims, as IAM compares them."""

    issuer: str
    audience: str
    subjects: Mapping[Command, tuple[str, ...]]

    def document(self, command: Command, account_id: str, partition: str) -> Document:
        """Return the trust policy of the role that runs the command."""
        subjects = self.subjects[command]
        conditions = {"StringEquals": {f"{self.issuer}:aud": [self.audience]}}
        operator = "StringLike" if any("*" in subject for subject in subjects) else "StringEquals"
        conditions.setdefault(operator, {})[f"{self.issuer}:sub"] = [*subjects]
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:{partition}:iam::{account_id}:oidc-provider/{self.issuer}"},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": conditions,
        }
        return {"Version": "2012-10-17", "Statement": [statement]}


def trusted(text: str) -> Trusted:
    """Return what `--trust` names.

    Raises:
        UsageError: it is neither github:ORG/REPO nor gitlab:GROUP/PROJECT, with or without @HOST.

    """
    if found := _GITHUB.fullmatch(text):
        return _github(f"repo:{found['project']}:")
    if found := _GITLAB.fullmatch(text):
        return _gitlab(f"project_path:{found['project']}:ref_type:branch:ref:", found["host"] or "gitlab.com")
    raise UsageError(
        f"--trust {text!r} names no project: write github:ORG/REPO or gitlab:GROUP/PROJECT, with @HOST for a "
        "GitLab of your own"
    )


def _github(project: str) -> Trusted:
    queue = f"{project}ref:refs/heads/gh-readonly-queue/main/*"
    subjects: dict[Command, tuple[str, ...]] = {
        "plan": (f"{project}pull_request", f"{project}ref:refs/heads/main", queue),
        "apply": (f"{project}environment:production", f"{project}environment:expire"),
        "drift": (f"{project}environment:drift",),
    }
    return Trusted("token.actions.githubusercontent.com", "sts.amazonaws.com", subjects)


def _gitlab(branch: str, host: str) -> Trusted:
    subjects: dict[Command, tuple[str, ...]] = {
        "plan": (f"{branch}*",),
        "apply": (f"{branch}main",),
        "drift": (f"{branch}main",),
    }
    return Trusted(host, f"https://{host}", subjects)


def bootstrap(config: Config, project: Trusted, exact: bool = False, partition: str = "aws") -> Bootstrap:
    """Return the three roles of this configuration's pipeline, and the bucket of its lock."""
    roles = [
        Role(
            f"iamgroups-{command}",
            project.document(command, config.account_id, partition),
            documents(grants(config, command, exact, partition)),
        )
        for command in COMMANDS
    ]
    bucket = config.settings.lock.removeprefix("s3://").partition("/")[0]
    return Bootstrap(project.issuer, project.audience, roles, bucket)
