"""Inline policies of declared groups: which of them a plan ends."""

from collections.abc import Iterator, Mapping
from typing import Any

from iamgroups.planning.desired import Desired, DesiredGroup
from iamgroups.planning.resolver import Resolver
from iamgroups.state import InlineGroup
from iamgroups.state.change import Change
from iamgroups.state.config import Config, GroupDecl, InlineMode
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, matches, short
from iamgroups.state.term import is_lasting


def inline_mode(config: Config, owner: str, decl: GroupDecl | None = None) -> InlineMode:
    """Return what becomes of the inline policies of a group or user. A group's own key comes first."""
    if decl is not None and decl.inline_policies:
        return decl.inline_policies
    if any(matches(pattern, owner) for pattern in config.settings.inline_ignored):
        return "ignore"
    return config.settings.inline_policies


def inline_changes(config: Config, desired: Desired, live: LiveState, resolver: Resolver) -> Iterator[Change]:
    """Yield the end of each inline policy that goes, unordered."""
    documents: Mapping[str, Any] | None = None
    for group in desired.groups:
        held = (group.live.inline if group.live else None) or {}
        mode = inline_mode(config, group.name, group.decl) if held else "ignore"
        if mode == "convert" and documents is None:
            documents = dict(_owned(config, live, resolver))
        group_now = group.live.name if group.live and group.renamed else ""
        for policy, document in sorted(held.items()):
            why = "inline policies are deleted"
            if mode == "convert":
                why = _replaced(group, document, documents or {})
            if mode in ("delete", "convert") and why:
                fact = InlineGroup(group.name, policy)
                yield Change("delete", fact, group.decl.position, why, group_now=group_now)


def _owned(config: Config, live: LiveState, resolver: Resolver) -> Iterator[tuple[str, Any]]:
    """Yield the ARN of each owned policy, folded, and what it gives once the files are applied."""
    from iamgroups.policy.grants import grants_of

    for decl in config.policies:
        document = decl.document_for(live.account.id, live.account.partition)
        yield fold(resolver.owned[fold(decl.name)]), grants_of(document)


def _replaced(group: DesiredGroup, document: Any, owned: Mapping[str, Any]) -> str:
    """Return which policy of the group gives the same for good, as a reason; "" without one."""
    from iamgroups.policy.grants import grants_of

    if document is None:
        return ""
    gives = grants_of(document)
    for arn, ref in sorted((group.policies or {}).items()):
        if is_lasting(ref) and owned.get(fold(arn)) == gives:
            return f"now {short(arn)}"
    return ""
