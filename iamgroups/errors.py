"""Everything iamgroups raises on purpose.

IamGroupsError
├── ConfigError              the files are wrong; carries every Problem at once        exit 1
├── UsageError               flags that do not fit together, a file that cannot be     exit 1
│                            read or written
├── AccountError             IAM could not be read, or the account cannot take it      exit 1
│   ├── AccessDeniedError    a permission is missing; names it
│   ├── CredentialsError     no credentials, or expired ones
│   └── UnreachableError     no answer within the retry limit
├── PreconditionError        not what was asked for: wrong account, stale or foreign   exit 4
│   │                        plan, digest differs
│   └── LockError            another apply holds the lock
└── BlockedError             a guardrail blocks the plan                               exit 3
"""

from collections.abc import Sequence
from typing import NamedTuple


class Position(NamedTuple):
    """Where a value stands in the configuration: line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One thing wrong with the configuration: what, and what to do next.

    `missing`: the named thing that the account does not have, as `user/U` or `policy/aws:P`; else "".
    `about`: addresses of what it concerns; a plan that touches none of them can go on. None: everything.
    """

    message: str
    position: Position | None = None
    hint: str | None = None
    source_line: str | None = None
    missing: str = ""
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.position}: " if self.position else ""
        lines = [f"{where}{self.message}"]
        if self.source_line is not None and self.position:
            lines.append(f"    {self.source_line}")
            lines.append("    " + " " * (self.position.column - 1) + "^")
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


class IamGroupsError(Exception):
    """The root: what a user can cause. `exit_code` is in docs/exit-codes.md, `code` is the word in JSON."""

    code = "error"
    exit_code = 1


class ConfigError(IamGroupsError):
    """The configuration is wrong; every problem found, in file order."""

    code = "configuration"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(IamGroupsError):
    """Flags that do not fit together, or a file named on the command line that cannot be used."""

    code = "usage"


class AccountError(IamGroupsError):
    """IAM refused, or the account cannot take what is asked."""

    code = "account"


class AccessDeniedError(AccountError):
    """A permission is missing. `action` names it, e.g. `iam:ListUsers`."""

    code = "access-denied"

    def __init__(self, message: str, action: str) -> None:
        self.action = action
        super().__init__(message)


class CredentialsError(AccountError):
    """No credentials were found, or those found are expired or wrong."""

    code = "credentials"


class UnreachableError(AccountError):
    """No answer came within the retry limit."""

    code = "unreachable"


class PreconditionError(IamGroupsError):
    """The account, the plan or the digest is not the one that was asked for."""

    code = "precondition"
    exit_code = 4


class LockError(PreconditionError):
    """Another apply holds the lock."""

    code = "locked"


class BlockedError(IamGroupsError):
    """A guardrail blocks the plan."""

    code = "blocked"
    exit_code = 3
