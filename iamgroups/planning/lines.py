"""Which line of the files a change that no file asks for is about."""

from collections.abc import Iterator
from dataclasses import replace

from iamgroups.errors import Position
from iamgroups.state import Attachment, Fact, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config, GroupDecl
from iamgroups.state.names import fold


def located(change: Change, config: Config) -> Change:
    """Return the change with the line that declares its fact, else the one of its group or policy."""
    return replace(change, position=next(_positions(change.fact, config), config.settings.position))


def policy_of(spec: str) -> str:
    """Return the name in a reference or a short name of a policy, folded."""
    return fold(spec.rpartition("/")[2].rpartition(":")[2])


def _positions(fact: Fact, config: Config) -> Iterator[Position]:
    kind, name = fact.owner.kind, fold(fact.owner.name)
    if kind == "group":
        for group in config.groups:
            if fold(group.name) == name:
                yield from _in_group(fact, group)
    yield from (one.position for one in config.policies if kind == "policy" and fold(one.name) == name)
    yield from (one.position for one in config.removed if one.kind == kind and fold(one.name) == name)


def _in_group(fact: Fact, group: GroupDecl) -> Iterator[Position]:
    if isinstance(fact, Membership):
        yield from (one.position for one in group.members or () if fold(one.user) == fold(fact.user))
    if isinstance(fact, Attachment):
        name = policy_of(fact.policy)
        yield from (one.position for one in group.policies or () if policy_of(one.spec) == name)
    lines = {Membership: group.members_position, Attachment: group.policies_position}
    yield lines.get(type(fact)) or group.position
