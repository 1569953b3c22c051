"""The digest of what a configuration means, however it is laid out in files. Must not read files."""

import hashlib
import json
from typing import Any

from iamgroups.policy.documents import meaning as document_meaning
from iamgroups.state.config import Config, GroupDecl, NamePattern


def digest(config: Config) -> str:
    """Return the sha256 (hex) of the meaning: no positions, reasons or descriptions that stay in the YAML."""
    settings, guardrails = config.settings, config.guardrails
    meaning = {
        "account_id": config.account_id,
        "groups": {group.name: _group(group) for group in config.groups},
        "policies": {
            policy.name: [document_meaning(policy.document), policy.path, policy.description, policy.adopt]
            for policy in config.policies
        },
        "users": {user.name: sorted(ref.spec for ref in user.keep_direct) for user in config.users},
        "moved": sorted([move.source, move.to] for move in config.moved),
        "removed": sorted([item.kind, item.name] for item in config.removed),
        "known_drift": sorted([item.match, str(item.until)] for item in config.known_drift),
        "settings": [
            settings.path,
            settings.undeclared_groups,
            settings.direct_policies,
            settings.inline_policies,
            settings.lock,
        ],
        "guardrails": [
            guardrails.max_removals_percent,
            guardrails.max_removals_floor,
            guardrails.max_group_deletes,
            guardrails.keep_caller,
            _names(guardrails.protected_groups),
            sorted([name.pattern, number] for name, number in guardrails.min_members.items()),
            _names(guardrails.forbidden_policies),
            sorted([name.pattern, _names(groups)] for name, groups in guardrails.only_in.items()),
            sorted(_names(names) for names in guardrails.conflicts),
        ],
    }
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _group(group: GroupDecl) -> list[Any]:
    policies = None if group.policies is None else sorted({ref.spec for ref in group.policies})
    members = None
    if group.members is not None:
        members = sorted([member.user, str(member.expires), member.pending] for member in group.members)
    return [group.path, policies, members, group.membership, group.attachments]


def _names(names: tuple[NamePattern, ...]) -> list[str]:
    return sorted(name.pattern for name in names)
