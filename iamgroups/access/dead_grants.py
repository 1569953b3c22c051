"""Patterns of actions in policies that have no effect, by AWS's list of actions and their resources.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from iamgroups.access.powers import PowerReader, union
from iamgroups.access.side import PolicyName
from iamgroups.policy.parsed import Effect, MalformedStatement, Statement, parse_document


@dataclass(frozen=True, slots=True)
class DeadGrant:
    """A pattern of one statement that allows or denies nothing.

    `why`: "resourceless" are actions that take no resource but `*`, "resource" those none of whose resources
    fit, "unlisted" a pattern that includes no action of the catalogue.
    """

    policy: PolicyName
    statement: int
    sid: str
    effect: Effect
    pattern: str
    resources: tuple[str, ...]
    why: Literal["resourceless", "resource", "unlisted"]


def dead_grants(reader: PowerReader, policy: PolicyName, document: Any) -> Iterator[DeadGrant]:
    """Yield what a document names without effect; nothing of one that could not be read."""
    try:
        statements = parse_document(document)
    except MalformedStatement:
        return
    for one in statements:
        for pattern in () if one.not_actions else one.actions:
            why = _why(reader, one, pattern)
            if why:
                yield DeadGrant(policy, one.number, one.sid, one.effect, pattern, one.resources, why)


def _why(
    reader: PowerReader, statement: Statement, pattern: str
) -> Literal["resourceless", "resource", "unlisted", ""]:
    actions = reader.catalogue.mask(pattern)
    if not actions:
        return "unlisted"
    if statement.not_resources or "*" in statement.resources:
        return ""
    if actions & union(reader.reach(text, statement.variables) for text in statement.resources):
        return ""
    return "resource" if actions & ~reader.catalogue.resourceless else "resourceless"
