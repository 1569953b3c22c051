"""Teams of teams and policy sets of policy sets: the order in which they expand, and cycles."""

from collections.abc import Iterator

from iamgroups.config.merge import Merged, NamedNode
from iamgroups.config.source_file import quoted
from iamgroups.config.tree import Node
from iamgroups.errors import Problem
from iamgroups.state.names import fold


def expansion_order(merged: Merged, section: str, key: str, problems: list[Problem]) -> list[NamedNode]:
    """Return the entries of a section, each after those it names under `key`; cycles are problems.

    An entry on a cycle, or that names one, comes last.
    """
    entries = merged.named[section]
    needs = {
        name: {fold(item.value): item for item in _named(entry, key) if fold(item.value) in entries}
        for name, entry in entries.items()
    }
    users: dict[str, list[str]] = {}
    for name, items in needs.items():
        for other in items:
            users.setdefault(other, []).append(name)
    left = {name: len(items) for name, items in needs.items()}
    order = [name for name, count in left.items() if not count]
    for name in order:
        for user in users.get(name, ()):
            left[user] -= 1
            if not left[user]:
                order.append(user)
    done = set(order)
    problems += _cycles({name: items for name, items in needs.items() if name not in done})
    return [entries[name] for name in (*order, *(name for name in entries if name not in done))]


def _named(entry: NamedNode, key: str) -> Iterator[Node]:
    for item in entry.value.items():
        if isinstance(item.value, dict) and key in item.value:
            yield item[key]


def _cycles(needs: dict[str, dict[str, Node]]) -> Iterator[Problem]:
    """Yield one problem for each cycle among entries of which every one leads to a cycle."""
    seen: set[str] = set()
    for start in needs:
        path: dict[str, Node] = {}
        name = start
        while name not in seen:
            seen.add(name)
            other, node = next((other, node) for other, node in needs[name].items() if other in needs)
            path[name] = node
            name = other
        if name not in path:
            continue
        members = list(path)
        cycle = [path[one] for one in members[members.index(name) :]]
        words = " → ".join(quoted(node.value) for node in (cycle[-1], *cycle))
        others = ", ".join(str(node.position) for node in cycle[1:])
        where = f"; see also {others}" if others else ""
        yield cycle[0].problem(f"this names itself again: {words}{where}", "take one of these entries out")
