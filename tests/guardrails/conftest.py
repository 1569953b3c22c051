"""A small account and a configuration beside it; `judge` makes the plan and asks every rule."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.errors import Position
from iamgroups.guardrails.context import RolePolicies
from iamgroups.planning.make import make_plan
from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state.config import (
    Config,
    GroupDecl,
    Member,
    Moved,
    NamePattern,
    PolicyDecl,
    PolicyRef,
    Removed,
    Settings,
)
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold

ACCOUNT = "123456789012"
TODAY = date(2026, 6, 1)


def arn(name: str) -> str:
    """`aws:Name`, `local:Name` -> ARN."""
    owner, _, rest = name.partition(":")
    return f"arn:aws:iam::{'aws' if owner == 'aws' else ACCOUNT}:policy/{rest}"


def at(line: int, file: str = "groups.yaml") -> Position:
    return Position(file, line, 1)


def pattern(name: str, line: int = 1) -> NamePattern:
    return NamePattern(name, at(line, "iamgroups.yaml"))


class Scene:
    """Built up by a test: live groups, declarations, guardrails. Every declared thing gets its own line."""

    arn = staticmethod(arn)
    pattern = staticmethod(pattern)

    def __init__(self) -> None:
        self.groups: dict[str, LiveGroup] = {}
        self.direct: dict[str, Any] = {}
        self.declared: list[GroupDecl] = []
        self.owned: list[PolicyDecl] = []
        self.removed: list[Removed] = []
        self.moved: list[Moved] = []
        self.settings = Settings()
        self.rails: dict[str, Any] = {"keep_caller": False}
        self.caller = f"arn:aws:iam::{ACCOUNT}:user/someone-else"
        self.live_policies: dict[str, LivePolicy] = {}
        self._line = 100

    def _next(self) -> Position:
        self._line += 1
        return at(self._line)

    def live(
        self,
        name: str,
        members: Iterable[str] | None = (),
        policies: Iterable[str] | None = (),
        path: str = "/",
        inline: Iterable[str] | Mapping[str, Any] = (),
    ) -> "Scene":
        self.groups[fold(name)] = LiveGroup(
            name,
            path,
            f"AGPA{name}",
            f"arn:aws:iam::{ACCOUNT}:group{path}{name}",
            None if policies is None else frozenset(map(arn, policies)),
            None if members is None else frozenset(members),
            dict(inline) if isinstance(inline, Mapping) else {policy: {} for policy in inline},
        )
        return self

    def holds(self, user: str, *policies: str) -> "Scene":
        """Attach policies directly to a user."""
        self.direct[user] = frozenset(map(arn, policies))
        return self

    def declare(
        self,
        name: str,
        members: Iterable[str | tuple[str, date]] | None = None,
        policies: Iterable[str] | None = None,
        **rest: Any,
    ) -> "Scene":
        position = self._next()
        people = [(m, None) if isinstance(m, str) else m for m in members] if members is not None else None
        self.declared.append(
            GroupDecl(
                name,
                position,
                members=None if people is None else tuple(Member(u, self._next(), e) for u, e in people),
                policies=None if policies is None else tuple(PolicyRef(p, self._next()) for p in policies),
                members_position=self._next(),
                policies_position=self._next(),
                **rest,
            )
        )
        return self

    def remove(self, group: str) -> "Scene":
        self.removed.append(Removed("group", group, self._next()))
        return self

    def move(self, source: str, to: str) -> "Scene":
        self.moved.append(Moved(source, to, self._next()))
        return self

    def own(self, name: str, document: Any, before: Any = None) -> "Scene":
        """Own a policy; with `before`, it is live with that document."""
        self.owned.append(PolicyDecl(name, self._next(), document, adopt=True))
        if before is not None:
            key = arn(f"local:{name}")
            self.live_policies[key] = LivePolicy(
                key, default_version="v1", holders=0, document=before, versions=("v1",), tags={}
            )
        return self

    @property
    def config(self) -> Config:
        return Config(
            "iamgroups.yaml",
            ACCOUNT,
            tuple(self.declared),
            tuple(self.owned),
            moved=tuple(self.moved),
            removed=tuple(self.removed),
            settings=self.settings,
            guardrails=self.rails,
        )

    @property
    def state(self) -> LiveState:
        declared = [member.user for decl in self.declared for member in decl.members or ()]
        people = [*declared, *self.direct, *(u for g in self.groups.values() for u in g.members or ())]
        users = {
            fold(name): LiveUser(
                name,
                "/",
                f"AIDA{name}",
                f"arn:aws:iam::{ACCOUNT}:user/{name}",
                self.direct.get(name, frozenset()),
            )
            for name in people
        }
        refs = {arn(ref.spec) for decl in self.declared for ref in decl.policies or ()}
        policies = {key: LivePolicy(key) for key in refs} | self.live_policies
        return LiveState(
            Account(ACCOUNT, "aws", self.caller),
            self.groups,
            users,
            policies,
            local_listed=True,
            aws_listed=True,
        )

    def plan(self) -> Plan:
        plan = make_plan(self.config, self.state, TODAY)
        assert not plan.to_read
        assert not plan.problems
        return plan

    def judge(self, role_policies: RolePolicies | None = None) -> tuple[Finding, ...]:
        return guardrails.judge(self.plan(), self.config, self.state, role_policies)


@pytest.fixture
def scene() -> Scene:
    return Scene()
