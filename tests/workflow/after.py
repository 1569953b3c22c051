"""An account after some changes, as IAM would have it: a model that knows nothing of orders or plans."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LivePolicy, LiveState
from iamgroups.state.names import fold
from iamgroups.state.policy import OWNER_TAG


def after(live: LiveState, changes: Iterable[Change]) -> LiveState:
    """Return the account once each change was made, in this order."""
    for change in changes:
        live = _made(live, change)
    return live


def _made(live: LiveState, change: Change) -> LiveState:
    match fact := change.fact_now:
        case GroupFact():
            return _group(live, change, fact)
        case Membership():
            return _with_group(live, fact.group, members=_toggled(live, fact.group, "members", fact.user))
        case Attachment():
            assert fact.arn in live.policies
            return _with_group(live, fact.group, policies=_toggled(live, fact.group, "policies", fact.arn))
        case InlineGroup():
            there = dict(live.groups[fold(fact.group)].inline or {})
            if change.action == "delete":
                del there[fact.policy]
            else:
                there[fact.policy] = json.loads(fact.document)
            return _with_group(live, fact.group, inline=there)
        case Direct():
            user = live.users[fold(fact.user)]
            user = replace(user, policies=(user.policies or frozenset()) ^ {fact.arn})
            return replace(live, users={**live.users, fold(fact.user): user})
        case _:
            return _policy(live, change)


def _toggled(live: LiveState, group: str, of: str, value: str) -> Any:
    return (getattr(live.groups[fold(group)], of) or frozenset()) ^ {value}


def _with_group(live: LiveState, name: str, **values: Any) -> LiveState:
    return replace(live, groups={**live.groups, fold(name): replace(live.groups[fold(name)], **values)})


def _group(live: LiveState, change: Change, fact: GroupFact) -> LiveState:
    old = change.before.values["name"] if change.action == "update" and change.before else fact.name
    groups = {key: group for key, group in live.groups.items() if key != fold(old)}
    was = live.groups.get(fold(old))
    if change.action == "create":
        assert was is None
        groups[fold(fact.name)] = LiveGroup(fact.name, fact.path, f"AGPA2{fact.name}", f"new/{fact.name}")
    elif change.action == "update":
        assert was is not None
        groups[fold(fact.name)] = replace(was, name=fact.name, path=fact.path)
    else:
        assert was is not None and not (was.members or was.policies or was.inline)
    return replace(live, groups=groups)


def _policy(live: LiveState, change: Change) -> LiveState:
    fact, policies = change.fact, dict(live.policies)
    if isinstance(fact, PolicyVersionFact):
        known = policies[fact.arn]
        assert known.versions and fact.version in known.versions[1:]
        policies[fact.arn] = replace(known, versions=tuple(v for v in known.versions if v != fact.version))
        return replace(live, policies=policies)
    assert isinstance(fact, PolicyFact)
    if change.action == "delete":
        del policies[fact.arn]
    elif change.action == "create":
        tags = {OWNER_TAG: fact.made_by}
        document = json.loads(fact.document)
        policies[fact.arn] = LivePolicy(fact.arn, True, "v1", 0, document, ("v1",), tags)
    else:
        known = policies[fact.arn]
        assert known.versions and len(known.versions) < 5
        newest = max(int(version[1:]) for version in known.versions)
        versions = (f"v{newest + 1}", *known.versions)
        policies[fact.arn] = replace(known, document=json.loads(fact.document), versions=versions)
    return replace(live, policies=policies)
