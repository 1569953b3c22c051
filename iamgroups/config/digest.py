"""The digest of what a configuration means, however it is laid out in files.

The order of lists and the case in which a person is written make no difference.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from iamgroups.policy.meaning import meaning as document_meaning
from iamgroups.state.config import Config, GroupDecl, NamePattern, PolicyRef
from iamgroups.state.names import fold
from iamgroups.state.term import Timed, begin_of, end_of


def digest(config: Config) -> str:
    """Return the sha256 (hex) of the meaning: no positions, reasons or descriptions that stay in the YAML."""
    settings = config.settings
    meaning = {
        "account_id": config.account_id,
        "groups": {group.name: _group(group) for group in config.groups},
        "policies": {
            policy.name: [document_meaning(policy.document), policy.path, policy.description, policy.adopt]
            for policy in config.policies
        },
        "users": {fold(user.name): _refs(user.keep_direct) for user in config.users},
        "moved": sorted([move.source, move.to] for move in config.moved),
        "removed": sorted([item.kind, item.name, item.adopt] for item in config.removed),
        "settings": [
            settings.path,
            settings.undeclared_groups,
            settings.direct_policies,
            settings.inline_policies,
            settings.owner,
            sorted({fold(name) for name in settings.containment}),
            sorted(settings.direct_ignored),
            sorted(settings.inline_ignored),
            settings.unknown_members,
            settings.lock,
        ],
        "guardrails": _setting(config.guardrails),
    }
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _group(group: GroupDecl) -> list[Any]:
    policies = None if group.policies is None else _refs(group.policies)
    members = None
    if group.members is not None:
        members = sorted([fold(member.user), *_term(member), member.pending] for member in group.members)
    rules = [group.membership, sorted(group.spared), group.attachments, group.inline_policies]
    return [group.path, policies, members, *rules]


def _refs(refs: Iterable[PolicyRef]) -> list[tuple[str, str, str]]:
    return sorted({(ref.spec, *_term(ref)) for ref in refs})


def _term(timed: Timed) -> tuple[str, str]:
    """Return when it begins and ends, the same instant in the same words; "" for no time."""
    starts, expires = timed.starts, timed.expires
    return (begin_of(starts).isoformat() if starts else "", end_of(expires).isoformat() if expires else "")


def _setting(value: Any) -> Any:
    """Return a guardrail's setting as JSON data: no positions, and lists in any order are the same."""
    match value:
        case NamePattern():
            return value.pattern
        case tuple():
            return sorted(map(_setting, value))
        case Mapping():
            return sorted([_setting(key), _setting(item)] for key, item in value.items())
        case _:
            return value
