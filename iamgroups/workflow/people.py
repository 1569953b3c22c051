"""Bring a person into the files, or take every mention out. Nothing is written here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from iamgroups import config
from iamgroups.config.accepting import Edits, named, take_out
from iamgroups.config.edit import Edit, Insert, Remove
from iamgroups.config.mentions import Files, People, read_files
from iamgroups.config.similar import did_you_mean
from iamgroups.config.writer import Data, Plain
from iamgroups.errors import UsageError
from iamgroups.state.address import is_glob, parse
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import NAME, fold, short
from iamgroups.workflow.files import Rewritten


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms somebody joins: texts as a file has them, "" where nothing is said."""

    starts: str = ""
    expires: str = ""
    reason: str = ""
    pending: bool = False

    def entry(self, user: str) -> Data:
        """Return the item of a list of people."""
        days = {key: Plain(value) for key in ("starts", "expires") if (value := getattr(self, key))}
        rest: dict[str, Data] = {"reason": self.reason} if self.reason else {}
        rest |= {"pending": True} if self.pending else {}
        return {"user": user, **days, **rest} if days or rest else user


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody is to go: groups and teams by name, and where another person is."""

    groups: Sequence[str] = ()
    teams: Sequence[str] = ()
    like: str = ""


@dataclass(frozen=True)
class _Loaded:
    """A configuration, its meaning and its files."""

    root: str
    config: Config
    files: Files

    def rewritten(
        self, edits: Mapping[Path, list[Edit]], user: str, said: Sequence[str], added: bool
    ) -> Rewritten:
        """Edit and load the result, in which nobody else's memberships may differ. Raises: ConfigError."""
        texts = self.files.edited(edits)
        after = config.load(self.root, texts) if texts else self.config
        was, now = _memberships(self.config), _memberships(after)
        others = {name for _, name in was ^ now if name != fold(user)}
        assert not others and (was <= now if added else now <= was), "the edit changes something else"
        sources = self.files.sources
        return Rewritten(
            {sources[file].file: (sources[file].text, texts[file]) for file in texts}, tuple(said)
        )


def onboard(root: str, user: str, places: Places, terms: Terms, live: LiveState | None) -> Rewritten:
    """Add a person to lists of people. `live`, where given, has to know the person.

    Raises: ConfigError, UsageError; nothing is changed then.
    """
    loaded = _Loaded(root, config.load(root), read_files(root))
    _check_name(user, terms, live)
    said: list[str] = []
    edits: dict[Path, list[Edit]] = {}
    there = {(mention.section, fold(mention.name)): mention for mention in loaded.files.mentions(user)}
    for section, people in _wanted(loaded.files, places, said):
        known = there.get((section, fold(people.name)))
        what = f"{section[:-1]} {people.name}"
        if known is None:
            assert people.place is not None
            edits.setdefault(people.file, []).append(Insert(people.place, terms.entry(user)))
        elif terms == Terms():
            said.append(f"{user} is in {what} already: {known.position}")
        else:
            raise UsageError(f"{known.position}: {user} is in {what} already: change the terms on that line")
    return loaded.rewritten(edits, user, said, added=True)


def offboard(root: str, user: str, live: LiveState | None) -> Rewritten:
    """Take every mention of a person out. `live` tells what the files do not: what is still to be done.

    Raises: ConfigError, and nothing is changed.
    """
    loaded = _Loaded(root, config.load(root), read_files(root))
    edits = Edits()
    for mention in loaded.files.mentions(user):
        edits.add(mention.file, Remove(mention.place))
    take_out(loaded.files, [one for one in named(loaded.files) if _is_about(one.address, user)], edits)
    said = [] if edits.edits else [f"No file names {user}."]
    if live is not None:
        said += _still_held(user, loaded.config, live)
    return loaded.rewritten(edits.edits, user, said, added=False)


def _is_about(address: str, user: str) -> bool:
    found = None if is_glob(address) else parse(address)
    return fold(address) == fold(f"user/{user}") or bool(
        found and fold(found.names.get("user", "")) == fold(user)
    )


def _wanted(files: Files, places: Places, said: list[str]) -> Iterator[tuple[str, People]]:
    found: dict[tuple[str, str], People] = {}
    for section, known, names in (
        ("groups", files.groups, places.groups),
        ("teams", files.teams, places.teams),
    ):
        for name in names:
            people = known.get(fold(name))
            if people is None:
                hint = did_you_mean(name, [one.name for one in known.values()])
                raise UsageError(f"no file declares a {section[:-1]} {name}" + (f": {hint}" if hint else ""))
            if people.place is None:
                raise UsageError(
                    f"{people.position}: the members of {people.name} are not managed: add `members:` first"
                )
            found[section, fold(name)] = people
    if places.like:
        mentions = [one for one in files.mentions(places.like) if one.section != "users"]
        if not mentions:
            raise UsageError(f"no file names {places.like} in a group or a team")
        for mention in mentions:
            if isinstance(mention.entry, dict) and "expires" in mention.entry:
                what = f"{mention.section[:-1]} {mention.name}"
                said.append(
                    f"{places.like} is in {what} for a time only, so it is not copied: {mention.position}"
                )
                continue
            known = files.groups if mention.section == "groups" else files.teams
            found[mention.section, fold(mention.name)] = known[fold(mention.name)]
    yield from ((section, people) for (section, _), people in found.items())


def _check_name(user: str, terms: Terms, live: LiveState | None) -> None:
    if not NAME.fullmatch(user):
        raise UsageError(f"{user!a} cannot be the name of an IAM user")
    if live is None or terms.pending or live.user(user):
        return
    hint = did_you_mean(user, [one.name for one in live.users.values()])
    more = f": {hint}" if hint else "; create the user first, or give --pending"
    raise UsageError(f"no IAM user {user} in account {live.account.id}{more}")


def _still_held(user: str, before: Config, live: LiveState) -> Iterator[str]:
    """Yield what no file can take away."""
    person = live.user(user)
    if person is None:
        yield f"There is no IAM user {user} in account {live.account.id}."
        return
    declared = {fold(one.name) for one in before.groups if one.members is not None and not one.keeps(user)}
    groups = sorted(live.groups_of.get(person.name, ()))
    for group in (name for name in groups if fold(name) not in declared):
        yield f"Still to do: take {person.name} out of group {group}, whose members no file manages."
    for arn in sorted(person.policies or ()):
        yield f"Still to do: detach {short(arn)} from {person.name}, who holds it directly."
    for policy in sorted(person.inline or ()):
        yield f"Still to do: delete the inline policy {policy} of {person.name}."
    yield f"Still to do: access keys, password and the IAM user {person.name} itself."


def _memberships(config: Config) -> set[tuple[str, str]]:
    return {
        (fold(group.name), fold(member.user)) for group in config.groups for member in group.members or ()
    }
