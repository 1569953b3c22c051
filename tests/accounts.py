"""Small accounts and configurations, written the way the tests speak of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from iamgroups.errors import Position
from iamgroups.state.config import (
    Config,
    GroupDecl,
    Member,
    NamePattern,
    PolicyRef,
    Settings,
)
from iamgroups.state.live import DOCUMENTED_QUOTAS, Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold

ACCOUNT = Account("123456789012", "aws", "arn:aws:iam::123456789012:user/deployer", "AIDADEPLOYER")
TODAY = date(2026, 11, 23)


def arn(name: str) -> str:
    """Return the ARN of a policy named as in `local:ops/tool` or `aws:ReadOnlyAccess`."""
    owner, _, rest = name.rpartition(":")
    return f"arn:aws:iam::{'123456789012' if owner == 'local' else 'aws'}:policy/{rest}"


def at(line: int, file: str = "iamgroups.yaml") -> Position:
    return Position(file, line, 1)


def live(  # noqa: PLR0917
    groups: Mapping[str, tuple[Iterable[str], Iterable[str]]] | None = None,
    direct: Mapping[str, Iterable[str]] | None = None,
    users: Iterable[str] = (),
    policies: Iterable[str] = (),
    paths: Mapping[str, str] | None = None,
    inline: Mapping[str, Iterable[str]] | None = None,
    documents: Mapping[str, Any] | None = None,
    quotas: Mapping[str, int] | None = None,
) -> LiveState:
    """Build an account: group -> (members, policies), user -> direct policies, inline by user or group."""
    groups, direct, paths, inline = groups or {}, direct or {}, paths or {}, inline or {}
    documents = documents or {}
    names = {*users, *direct, *(user for members, _ in groups.values() for user in members)}
    known = {*policies, *documents}
    return LiveState(
        account=ACCOUNT,
        groups={
            fold(name): LiveGroup(
                name,
                paths.get(name, "/"),
                f"AGPA{name.upper()}",
                f"arn:aws:iam::123456789012:group{paths.get(name, '/')}{name}",
                frozenset(arn(policy) for policy in held),
                frozenset(members),
                dict.fromkeys(inline.get(name, ())),
            )
            for name, (members, held) in groups.items()
        },
        users={
            fold(name): LiveUser(
                name,
                "/",
                f"AIDA{name.upper()}",
                f"arn:aws:iam::123456789012:user/{name}",
                frozenset(arn(policy) for policy in direct.get(name, ())),
                dict.fromkeys(inline.get(name, ())),
            )
            for name in sorted(names)
        },
        policies={arn(name): LivePolicy(arn(name), document=documents.get(name)) for name in sorted(known)},
        local_listed=True,
        aws_listed=True,
        quotas={**DOCUMENTED_QUOTAS, **(quotas or {})},
    )


def group(
    name: str, members: Iterable[Any] | None = (), policies: Iterable[str] | None = (), **more: Any
) -> GroupDecl:
    """Declare a group; a member is a name or a Member, a policy `aws:Name` or `local:Name`."""
    line = 10
    return GroupDecl(
        name,
        at(line),
        members=None
        if members is None
        else tuple(m if isinstance(m, Member) else Member(m, at(20 + i)) for i, m in enumerate(members)),
        policies=None
        if policies is None
        else tuple(PolicyRef(p, at(40 + i)) for i, p in enumerate(policies)),
        members_position=at(19),
        policies_position=at(39),
        **more,
    )


def config(*groups: GroupDecl, **more: Any) -> Config:
    """Declare a configuration; `settings` may be a dict, `conflicts` and `protected` are guardrails."""
    settings = Settings(**more.pop("settings", {}))
    conflicts = tuple(tuple(NamePattern(n, at(1)) for n in names) for names in more.pop("conflicts", ()))
    protected = tuple(NamePattern(name, at(1)) for name in more.pop("protected", ()))
    guardrails = {"conflicts": conflicts, "protected_groups": protected}
    return Config(
        "iamgroups.yaml",
        ACCOUNT.id,
        tuple(groups),
        settings=settings,
        guardrails=guardrails,
        digest="d" * 64,
        **more,
    )
