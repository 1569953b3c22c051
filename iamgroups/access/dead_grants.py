"""What statements of policies name without effect, by AWS's list of actions and their resources.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from iamgroups.access.powers import PowerReader, union
from iamgroups.access.side import PolicyName
from iamgroups.policy.parsed import Effect, MalformedStatement, Statement, parse_document

Why = Literal["resourceless", "resource", "unlisted"]


@dataclass(frozen=True, slots=True)
class DeadGrant:
    """Patterns of actions of one statement that allow or deny nothing, and why.

    `why`: "resourceless" are actions that take no resource but `*`, "resource" those none of whose resources
    fit, "unlisted" patterns that include no action of the catalogue.
    """

    policy: PolicyName
    statement: int
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: Why


def dead_grants(reader: PowerReader, policy: PolicyName, document: Any) -> Iterator[DeadGrant]:
    """Yield what a document names without effect; nothing of one that could not be read."""
    try:
        statements = parse_document(document)
    except MalformedStatement:
        return
    for one in statements:
        found: dict[Why, list[str]] = {}
        for pattern in () if one.not_actions else one.actions:
            if why := _why(reader, one, pattern):
                found.setdefault(why, []).append(pattern)
        for why, actions in found.items():
            yield DeadGrant(policy, one.number, one.sid, one.effect, tuple(actions), one.resources, why)


def _why(reader: PowerReader, statement: Statement, pattern: str) -> Why | None:
    actions = reader.catalogue.mask(pattern)
    if not actions:
        return "unlisted"
    if statement.not_resources or "*" in statement.resources:
        return None
    if actions & union(reader.reach(text, statement.variables) for text in statement.resources):
        return None
    return "resource" if actions & ~reader.catalogue.resourceless else "resourceless"
