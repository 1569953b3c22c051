"""Small accounts for tests of access."""

from collections.abc import Iterable, Mapping
from typing import Any

from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold

ACCOUNT = "123456789012"


def arn(name: str) -> str:
    owner = ACCOUNT if name.islower() else "aws"
    return f"arn:aws:iam::{owner}:policy/{name}"


def account(
    groups: Mapping[str, tuple[Iterable[str], Iterable[str]]],
    policies: Mapping[str, Any],
    users: Mapping[str, Iterable[str]] | None = None,
    boundaries: Mapping[str, str] | None = None,
) -> LiveState:
    """Groups -> (members, policies), policies -> documents, users -> what they hold directly."""
    names = {member for members, _ in groups.values() for member in members} | set(users or ())
    held = {name: frozenset(map(arn, (users or {}).get(name, ()))) for name in names}
    return LiveState(
        Account(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/ci"),
        {
            fold(name): LiveGroup(name, "/", "", "", frozenset(map(arn, given)), frozenset(members))
            for name, (members, given) in groups.items()
        },
        {
            fold(name): LiveUser(
                name,
                "/",
                f"AIDA{name.upper()}",
                f"arn:aws:iam::{ACCOUNT}:user/{name}",
                held[name],
                boundary=arn(boundaries[name]) if boundaries and name in boundaries else None,
            )
            for name in sorted(names)
        },
        {arn(name): LivePolicy(arn(name), document=document) for name, document in policies.items()},
    )
