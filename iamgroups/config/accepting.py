"""Where the files accept something, and how an address is put in or taken out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from iamgroups.config.accepted import OWNERS, short_reference
from iamgroups.config.edit import Edit, Insert, Put, Remove
from iamgroups.config.found import ABOUT, FILE
from iamgroups.config.mentions import Files
from iamgroups.config.spans import Path as Place
from iamgroups.config.tree import Node
from iamgroups.config.writer import Data, Plain, comment, emit
from iamgroups.errors import Position, UsageError
from iamgroups.state.address import is_glob, parse

SECTION = "accepted"


class Named(NamedTuple):
    """An address that an entry accepts. `place` is that of its name, `entry` that of the whole entry."""

    address: str
    file: Path
    place: Place
    entry: Place
    position: Position


class ToAccept(NamedTuple):
    """An address to accept, for one document where it has a digest."""

    address: str
    document: str = ""


class AcceptTerms(NamedTuple):
    """Why, and the last day; "" for no end."""

    reason: str
    until: str = ""

    def values(self, document: str) -> dict[str, Data]:
        """Return the keys of an entry that say on what terms it accepts."""
        pinned: dict[str, Data] = {"document": document} if document else {}
        reason: dict[str, Data] = {"reason": self.reason} if self.reason else {}
        return pinned | reason | ({"until": Plain(self.until)} if self.until else {})


@dataclass
class Edits:
    """Edits of the files that are there, and the texts of files to make. Files by resolved path."""

    edits: dict[Path, list[Edit]] = field(default_factory=dict)
    new: dict[Path, str] = field(default_factory=dict)

    def add(self, file: Path, edit: Edit) -> None:
        """Add an edit of a file."""
        self.edits.setdefault(file, []).append(edit)


def named(files: Files) -> Iterator[Named]:
    """Yield every address that the files accept, patterns too, in file order."""
    for file, root in files.trees.items():
        section = root.get(SECTION)
        for index, entry in enumerate(section.items() if section else ()):
            for address, place, node in _names(entry):
                yield Named(address, file, (SECTION, index, *place), (SECTION, index), node.position)


def _names(entry: Node) -> Iterator[tuple[str, Place, Node]]:
    """Yield address, place within the entry and node of each name."""
    if (match := entry.get("match")) is not None:
        nodes = [*match.items()] if isinstance(match.value, list) else [match]
        for index, node in enumerate(nodes):
            yield node.value, ("match", index) if isinstance(match.value, list) else ("match",), node
    for key, owners in OWNERS.items():
        if (policy := entry.get(key)) is None:
            continue
        called = policy.value if key == "inline" else short_reference(policy.value)
        for people, start in owners.items():
            names = entry.get(people)
            for index, node in enumerate(names.items() if names else ()):
                yield f"{start}/{node.value}/{called}", (people, index), node


def take_out(files: Files, gone: Collection[Named], edits: Edits) -> None:
    """Take addresses out. An entry goes with the last one that it accepts."""
    whole: dict[tuple[Path, Place], list[Named]] = {}
    for one in named(files):
        whole.setdefault((one.file, one.entry), []).append(one)
    for (file, entry), there in whole.items():
        left = [one for one in there if one not in gone]
        if not left:
            edits.add(file, Remove(entry))
        for one in there if left else ():
            if one in gone:
                edits.add(file, Remove(one.place))


def put_in(files: Files, wanted: Sequence[ToAccept], terms: AcceptTerms, edits: Edits) -> None:
    """Accept addresses: in an entry for the same policy on the same terms, else in one of their own."""
    own: dict[tuple[str, str, str, str], list[str]] = {}
    for one in wanted:
        key, policy, people, name = _parts(one.address)
        entry = (
            {key: policy, **_as_text(terms.values(one.document))} if people else terms.values(one.document)
        )
        place = _joinable(files, _as_text(entry), people or key)
        if place is not None:
            edits.add(place[0], Insert(place[1], name))
        else:
            own.setdefault((key, policy, people, one.document), []).append(name)
    entries = []
    for (key, policy, people, document), names in own.items():
        unlisted = names[0] if not people and len(names) == 1 else names
        what: Mapping[str, Data] = {key: policy, people: names} if people else {key: unlisted}
        entries.append({**what, **terms.values(document)})
    if entries:
        _put_entries(files, entries, edits)


def _parts(address: str) -> tuple[str, str, str, str]:
    """Return how an entry says it: key, policy, key of the owners and owner; or `match` and the address."""
    found = None if is_glob(address) else parse(address)
    for key, owners in OWNERS.items() if found else ():
        for people, start in owners.items():
            if found and found.kind.address.text.startswith(f"{start}/"):
                owner = found.names["user" if people == "users" else "group"]
                return key, found.names["policy"], people, owner
    return "match", "", "", address


def _joinable(files: Files, entry: Mapping[str, str], people: str) -> tuple[Path, Place] | None:
    """Return the list of names of an entry that says the same of others."""
    for file, root in files.trees.items():
        section = root.get(SECTION)
        for index, node in enumerate(section.items() if section else ()):
            rest = {key: value for key, value in node.value.items() if key != people}
            for key in ("direct", "attachment"):
                rest |= {key: short_reference(rest[key])} if key in rest else {}
            if rest == entry and isinstance(node.value.get(people), list):
                return file, (SECTION, index, people)
    return None


def _as_text(values: Mapping[str, Data]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _put_entries(files: Files, entries: Sequence[Data], edits: Edits) -> None:
    """Put entries where others are: in a file named accepted.yaml, else in the last that has some."""
    holding = [file for file, root in files.trees.items() if root.get(SECTION) is not None]
    beside = next(iter(files.trees)).parent / FILE
    if holding:
        file = beside if beside in holding else holding[-1]
        for entry in entries:
            edits.add(file, Insert((SECTION,), entry))
    elif beside in files.trees:
        edits.add(beside, Put((), SECTION, entries))
    else:
        edits.new[beside] = comment(ABOUT) + emit({SECTION: entries})
        include(files, FILE, edits)


def include(files: Files, name: str, edits: Edits) -> None:
    """Have the root include a file that is to be made. Raises: UsageError, where it is there already."""
    file, root = next(iter(files.trees.items()))
    if (file.parent / name).exists():
        shown = files.sources[file].file
        raise UsageError(f"{name} is there, and {shown} does not include it: add it to `include` first")
    if files.includes(name):
        return
    is_there = root.get("include") is not None
    edits.add(file, Insert(("include",), name) if is_there else Put((), "include", [name]))
