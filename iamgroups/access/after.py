"""The account as it is once some changes are made."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LivePolicy, LiveState
from iamgroups.state.names import fold


def account_after(live: LiveState, changes: Iterable[Change]) -> LiveState:
    """Return the account after the changes, as far as it says who holds which policy."""
    made = _After(live)
    for change in sorted(changes, key=_turn):
        made.make(change)
    return replace(live, groups=made.groups, users=made.users, policies=made.policies)


def _turn(change: Change) -> int:
    """Make groups first, so that other changes find them under their new names, and end them last."""
    if not isinstance(change.fact, GroupFact):
        return 1
    return 2 if change.action == "delete" else 0


class _After:
    """A copy of the parts of an account that changes touch."""

    def __init__(self, live: LiveState) -> None:
        self.groups = dict(live.groups)
        self.users = dict(live.users)
        self.policies = dict(live.policies)

    def make(self, change: Change) -> None:
        fact = change.fact
        if isinstance(fact, GroupFact):
            self._group(change, fact)
        elif isinstance(fact, PolicyFact):
            self._policy(change, fact)
        elif isinstance(fact, Direct):
            self._direct(fact)
        elif isinstance(fact, Attachment):
            self._in_group(fact.group, "policies", change.action == "create", fact.arn)
        elif isinstance(fact, Membership):
            user = self.users.get(fold(fact.user))
            self._in_group(fact.group, "members", change.action == "create", user.name if user else fact.user)
        elif isinstance(fact, InlineGroup):
            group = self.groups[fold(fact.group)]
            kept = {name: text for name, text in (group.inline or {}).items() if name != fact.policy}
            self.groups[fold(fact.group)] = replace(group, inline=kept)

    def _group(self, change: Change, fact: GroupFact) -> None:
        before = change.before.name if isinstance(change.before, GroupFact) else fact.name
        group = self.groups.pop(fold(before), None)
        if change.action != "delete":
            made = group or LiveGroup(fact.name, fact.path, "", "")
            self.groups[fold(fact.name)] = replace(made, name=fact.name, path=fact.path)

    def _policy(self, change: Change, fact: PolicyFact) -> None:
        if change.action == "delete":
            self.policies.pop(fact.arn, None)
            return
        known = self.policies.get(fact.arn) or LivePolicy(fact.arn)
        self.policies[fact.arn] = replace(known, document=_parsed(fact.document), default_version="")

    def _direct(self, fact: Direct) -> None:
        user = self.users[fold(fact.user)]
        if user.policies is not None:
            self.users[fold(fact.user)] = replace(user, policies=user.policies - {fact.arn})

    def _in_group(self, name: str, field: str, added: bool, value: str) -> None:
        group = self.groups[fold(name)]
        held: frozenset[str] | None = getattr(group, field)
        if held is not None:
            changes: dict[str, Any] = {field: held | {value} if added else held - {value}}
            self.groups[fold(name)] = replace(group, **changes)


def _parsed(text: str) -> Any:
    """Return a document; None, unknown, where the text of a saved plan is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None
