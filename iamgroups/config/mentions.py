"""Where the files of a configuration name people, and where a person can be added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from iamgroups.config import tree
from iamgroups.config.edit import Edit, edited
from iamgroups.config.files import config_files, fits, include_patterns
from iamgroups.config.source_file import SourceFile, read
from iamgroups.config.spans import Path as Place
from iamgroups.config.tree import Node
from iamgroups.errors import ConfigError, Position, Problem
from iamgroups.state.names import fold


class Mention(NamedTuple):
    """A place that names a person: an item of the list of a group or team, or an entry of `users`.

    `section` is "groups", "teams" or "users", `name` the group or team, "" for `users`.
    """

    file: Path
    place: Place
    section: str
    name: str
    entry: Any
    position: Position


class People(NamedTuple):
    """A list of people: of a group or of a team. `place` is None where a group has no key `members`."""

    file: Path
    place: Place | None
    name: str
    position: Position


@dataclass(frozen=True)
class Files:
    """The files of a configuration: resolved path -> text and tree, the root first."""

    sources: Mapping[Path, SourceFile]
    trees: Mapping[Path, Node]

    def mentions(self, user: str) -> Iterator[Mention]:
        """Yield every place that names a person, in file order."""
        for file, root in self.trees.items():
            for section, name, place, people in _lists(root):
                for index, item in enumerate(people.value if people else ()):
                    named = item.get("user") if isinstance(item, dict) else item
                    if isinstance(named, str) and fold(named) == fold(user) and people and place:
                        position = people[index].position
                        yield Mention(file, (*place, index), section, name, item, position)
            users = root.get("users")
            for name in users.value if users else ():
                if users and fold(name) == fold(user):
                    yield Mention(file, ("users", name), "users", "", None, users.key_position(name))

    @cached_property
    def groups(self) -> Mapping[str, People]:
        """Folded name of each declared group -> its list of people."""
        return self._people("groups")

    @cached_property
    def teams(self) -> Mapping[str, People]:
        """Folded name of each team -> its list of people."""
        return self._people("teams")

    def includes(self, name: str) -> bool:
        """Tell whether the root includes a file, named from its folder."""
        root = next(iter(self.trees.values()))
        return any(fits(pattern.value, name) for pattern in include_patterns(root))

    def _people(self, wanted: str) -> Mapping[str, People]:
        found = {}
        for file, root in self.trees.items():
            for section, name, place, people in _lists(root):
                if section == wanted:
                    position = people.position if people else root[section].key_position(name)
                    found[fold(name)] = People(file, place, name, position)
        return found

    def edited(self, edits: Mapping[Path, list[Edit]]) -> dict[Path, str]:
        """Return the new text of each file that changes. Raises: ConfigError."""
        texts: dict[Path, str] = {}
        problems: list[Problem] = []
        for file, own in edits.items():
            try:
                texts[file] = edited(self.sources[file], own)
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(problems)
        return texts


def read_files(root: str) -> Files:
    """Read the files of a configuration. Raises: ConfigError."""
    sources: dict[Path, SourceFile] = {}
    trees: dict[Path, Node] = {}
    for file, shown in config_files(root):
        sources[file] = read(file, shown)
        node, problems = tree.parse(sources[file])
        if node is None or problems:
            raise ConfigError(problems)
        trees[file] = node
    return Files(sources, trees)


def _lists(root: Node) -> Iterator[tuple[str, str, Place | None, Node | None]]:
    """Yield section, name, place and value of the lists of people in one file."""
    for name, people in teams.each() if (teams := root.get("teams")) else ():
        yield "teams", name, ("teams", name), people
    for name, group in groups.each() if (groups := root.get("groups")) else ():
        people_of = group.get("members")
        yield "groups", name, ("groups", name, "members") if people_of else None, people_of
