"""Many files -> one set of declarations."""

from dataclasses import dataclass, field
from typing import NamedTuple

from iamgroups.config.source_file import quoted
from iamgroups.config.tree import Node
from iamgroups.errors import Position, Problem
from iamgroups.state.names import fold

ROOT_ONLY = ("version", "account_id", "include", "roles", "settings", "guardrails")
# Section -> what one of its entries is called.
NAMED = {
    "groups": "group",
    "policy_sets": "policy set",
    "teams": "team",
    "policies": "policy",
    "users": "user",
}
LISTS = ("moved", "removed", "accepted")


class NamedNode(NamedTuple):
    """A named declaration: the mapping it stands in, and its value."""

    name: str
    parent: Node
    value: Node

    @property
    def position(self) -> Position:
        """Where the name stands."""
        return self.parent.key_position(self.name)

    def problem(self, message: str, hint: str | None = None) -> Problem:
        """Return a problem at the name."""
        return self.parent.problem(message, hint, key=self.name)


@dataclass
class Merged:
    """Everything declared. `named`: section -> folded name -> entry; `lists`: section -> items in order.

    `names` holds every name that some file declares, right or wrong: section -> folded -> as written.
    `complete` is False when a file could not be read, so that nothing can be called undeclared.
    """

    root: Node
    named: dict[str, dict[str, NamedNode]] = field(default_factory=lambda: {section: {} for section in NAMED})
    lists: dict[str, list[Node]] = field(default_factory=lambda: {section: [] for section in LISTS})
    names: dict[str, dict[str, str]] = field(default_factory=lambda: {section: {} for section in NAMED})
    complete: bool = True

    def declares(self, section: str, name: str) -> bool:
        """Whether some file declares the name, or might."""
        return fold(name) in self.names[section] or not self.complete


def note_names(merged: Merged, tree: Node) -> None:
    """Remember the names a file declares, before anything faulty is taken out."""
    for section in NAMED:
        value = tree.value.get(section) if isinstance(tree.value, dict) else None
        if isinstance(value, dict):
            merged.names[section].update((fold(name), name) for name in value)


def add(merged: Merged, tree: Node) -> list[Problem]:
    """Add a file that has the right shape; return what it declares a second time."""
    problems: list[Problem] = []
    for section, kind in NAMED.items():
        parent = tree.get(section)
        for name, value in parent.each() if parent else ():
            assert parent is not None
            entry = NamedNode(name, parent, value)
            first = merged.named[section].setdefault(fold(name), entry)
            if first is not entry:
                differs = "" if first.name == name else f", {quoted(first.name)}: names ignore case"
                message = f"{kind} {quoted(name)} is declared twice; first at {first.position}{differs}"
                problems.append(entry.problem(message, "merge the two, or rename one"))
    for section in LISTS:
        if (items := tree.get(section)) is not None:
            merged.lists[section].extend(items.items())
    return problems


def take_root_only(tree: Node) -> list[Problem]:
    """Take out of an included file what only the root may hold, and return it as problems."""
    if not isinstance(tree.value, dict):
        return []
    problems = []
    for key in [key for key in ROOT_ONLY if key in tree.value]:
        hint = "move it there; if this file is a root of its own, exclude it from the include"
        problems.append(tree.problem(f"{quoted(key)} belongs into the root file only", hint, key=key))
        del tree.value[key]
    return problems


def missing_root_keys(tree: Node) -> list[Problem]:
    """Return what a root file cannot do without."""
    if not isinstance(tree.value, dict):
        return []
    wanted = {"version": "version: 1", "account_id": 'account_id: "123456789012"'}
    return [
        tree.problem(f"the root file needs the key {quoted(key)}", f"add `{line}`")
        for key, line in wanted.items()
        if key not in tree.value
    ]
