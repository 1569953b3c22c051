"""Where the files of a configuration name policies of groups and of policy sets."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from iamgroups.config.mentions import Files
from iamgroups.config.spans import Path as Place
from iamgroups.config.tree import Node
from iamgroups.errors import Position


class PolicyMention(NamedTuple):
    """An item of the list of policies of a group or of a set."""

    file: Path
    place: Place
    spec: str
    position: Position


def policy_mentions(files: Files) -> Iterator[PolicyMention]:
    """Yield every place that names a policy, in file order."""
    for file, tree in files.trees.items():
        for name, node in sets.each() if (sets := tree.get("policy_sets")) else ():
            yield from _items(file, ("policy_sets", name), node)
        for name, group in groups.each() if (groups := tree.get("groups")) else ():
            if (policies := group.get("policies")) is not None:
                yield from _items(file, ("groups", name, "policies"), policies)


def _items(file: Path, place: Place, node: Node) -> Iterator[PolicyMention]:
    for index, item in enumerate(node.items()):
        spec = item if isinstance(item.value, str) else item.get("policy")
        if spec is not None:
            yield PolicyMention(file, (*place, index), spec.value, spec.position)
