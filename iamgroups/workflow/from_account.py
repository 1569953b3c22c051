"""What drift found in the account -> edits that make the files say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iamgroups.config.accepting import AcceptTerms, Edits, ToAccept
from iamgroups.config.edit import Insert, Put, Remove
from iamgroups.config.file_names import file_names
from iamgroups.config.imported import declaration, reference
from iamgroups.config.mentions import Files
from iamgroups.config.policy_mentions import policy_mentions
from iamgroups.config.spans import Path as Place
from iamgroups.config.writer import Data, emit
from iamgroups.errors import UsageError
from iamgroups.planning.drift import Difference
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.address import Address, parse
from iamgroups.state.config import Config, GroupDecl, Member, PolicyRef
from iamgroups.state.names import fold, short
from iamgroups.workflow.accept import accepting
from iamgroups.workflow.drift import Compared

NOT_ADOPTED = {
    "rule": "mend the account, or `iamgroups accept` the broken rule",
    "document": "`iamgroups lock` notes the documents as they are",
    "policy": "edit the document, or apply the one in the files",
}


@dataclass
class FromAccount:
    """Collects the edits for one address after the other. `kept`: direct policies that a plan would end."""

    config: Config
    files: Files
    before: Compared
    reason: str
    kept: frozenset[str] = frozenset()
    edits: Edits = field(default_factory=Edits)
    said: list[str] = field(default_factory=list)
    _accepted: list[ToAccept] = field(default_factory=list)
    _keeps: dict[str, list[str]] = field(default_factory=dict)
    _sections: dict[tuple[Path, str], dict[str, Data]] = field(default_factory=dict)

    def run(self, differences: Sequence[Difference]) -> Edits:
        """Return the edits for these differences. Raises: UsageError for what no edit can say."""
        new = {fold(one.address) for one in differences if self._is_new_group(one)}
        for one in differences:
            found = parse(one.address)
            inside = found and found.kind in (Membership.kind, Attachment.kind)
            if not (found and inside and f"group/{fold(found.names['group'])}" in new):
                self._adopt(one, found)
        for user, references in self._keeps.items():
            self._keep_direct(user, references)
        for (file, section), entries in self._sections.items():
            self._put(file, section, entries)
        today = self.before.terms.now.date()
        terms = AcceptTerms(self.reason)
        accepting(self.config, self.files, self._accepted, terms, today, self.edits, self.said)
        return self.edits

    def _put(self, file: Path, section: str, entries: Mapping[str, Data]) -> None:
        """Add entries to a section of a file, which may not have it yet."""
        if self.files.trees[file].get(section) is None:
            self.edits.add(file, Put((), section, entries))
        else:
            for name, entry in entries.items():
                self.edits.add(file, Put((section,), name, entry))

    def _is_new_group(self, one: Difference) -> bool:
        found = parse(one.address)
        return bool(found and found.kind is GroupFact.kind and not self._declared(found.names["name"]))

    def _adopt(self, one: Difference, found: Address | None) -> None:
        kind = found.kind.name if found else one.address.partition("/")[0]
        match kind:
            case "membership" if found:
                self._membership(one, found.names["group"], found.names["user"])
            case "attachment" if found:
                self._attachment(one, found.names["group"], found.names["policy"])
            case "group" if found:
                self._group(one, found.names["name"])
            case "direct":
                self._direct(one)
            case "inline-group" | "inline-user":
                self._inline(one)
            case "user":
                self._no_user(one.address.partition("/")[2])
            case _ if one.kind == "missing" and kind == "policy" and ":" in one.address:
                self._no_policy(one.address.partition("/")[2])
            case _:
                raise UsageError(
                    f"{one.address} cannot be adopted: {NOT_ADOPTED[one.address.partition('/')[0]]}"
                )

    def _membership(self, one: Difference, group: str, user: str) -> None:
        decl = self._declaration(one, group)
        entry = next((m for m in decl.members or () if fold(m.user) == fold(user)), None)
        if self._is_there(one):
            _check_time(entry, f"{user} is in group {group}")
            people = self.files.groups[fold(group)]
            assert people.place is not None, "only managed members are drift"
            self.edits.add(people.file, Insert(people.place, user))
        else:
            for mention in self.files.mentions(user):
                own = mention.section == "groups" and fold(mention.name) == fold(group)
                if own or (entry and mention.position[:2] == entry.position[:2]):
                    self.edits.add(mention.file, Remove(mention.place))

    def _attachment(self, one: Difference, group: str, policy: str) -> None:
        decl = self._declaration(one, group)
        entry = next((ref for ref in decl.policies or () if fold(_short(ref.spec)) == fold(policy)), None)
        if self._is_there(one):
            _check_time(entry, f"{policy} is attached to group {group}")
            people = self.files.groups[fold(group)]
            self.edits.add(people.file, Insert(("groups", people.name, "policies"), self._reference(policy)))
        else:
            for item in policy_mentions(self.files):
                own = item.place[:2] == ("groups", self.files.groups[fold(group)].name)
                if (own and fold(_short(item.spec)) == fold(policy)) or (
                    entry and item.position == entry.position
                ):
                    self.edits.add(item.file, Remove(item.place))

    def _is_there(self, one: Difference) -> bool:
        """Tell whether the account has it and the files do not. A name that nobody bears is no member."""
        found = parse(one.address)
        user = found.names.get("user") if found else None
        return one.kind == "extra" and (user is None or self.before.live.user(user) is not None)

    def _group(self, one: Difference, name: str) -> None:
        change = self.before.plan.by_address.get(one.address)
        if one.kind == "missing":
            people = self.files.groups[fold(name)]
            self.edits.add(people.file, Remove(("groups", people.name)))
        elif one.kind == "extra":
            self._new_group(name)
        elif change and change.before and change.fact.kind is GroupFact.kind:
            before = change.before.values
            if change.fact.values["name"] != before["name"]:
                raise UsageError(
                    f"{change.position}: group {before['name']} is to be renamed: edit it by hand"
                )
            people = self.files.groups[fold(name)]
            place: Place = ("groups", people.name)
            self.edits.add(people.file, Remove((*place, "path")))
            self.edits.add(people.file, Put(place, "path", before["path"]))

    def _new_group(self, name: str) -> None:
        for entry in self.config.removed:
            if entry.kind == "group" and fold(entry.name) == fold(name):
                raise UsageError(
                    f"{entry.position}: group {name} is to be removed: take that entry out first"
                )
        group = self.before.live.group(name)
        assert group is not None, "drift names groups of the account"
        declared = declaration(group, self.before.live.account.id)
        root = next(iter(self.files.trees))
        holding = [(file, tree["groups"]) for file, tree in self.files.trees.items() if tree.get("groups")]
        file, groups = holding[-1] if holding else (root, None)
        beside = file.relative_to(root.parent).with_name(file_names([group.name])[group.name]).as_posix()
        alone = file != root and groups is not None and len(groups.value) == 1
        if alone and self.files.includes(beside) and not (root.parent / beside).exists():
            self.edits.new[root.parent / beside] = emit({"groups": {group.name: declared}})
        else:
            self._sections.setdefault((file, "groups"), {})[group.name] = declared

    def _direct(self, one: Difference) -> None:
        found = parse(one.address)
        assert found is not None
        user, policy = found.names["user"], found.names["policy"]
        if one.planned or one.address in self.kept:
            self._keeps.setdefault(user, []).append(self._reference(policy))
        else:
            self._accept(one)

    def _inline(self, one: Difference) -> None:
        if one.planned:
            raise UsageError(
                f"{one.position or self.config.root}: {one.address} cannot be adopted: the setting "
                "inline_policies ends it, and `accepted` does not change that"
            )
        self._accept(one)

    def _accept(self, one: Difference) -> None:
        if one.accepted:
            self.said.append(f"{one.address} is accepted already: {one.accepted.position}")
        else:
            self._accepted.append(ToAccept(one.address, one.document))

    def _no_user(self, user: str) -> None:
        for mention in self.files.mentions(user):
            self.edits.add(mention.file, Remove(mention.place))

    def _no_policy(self, spec: str) -> None:
        for item in policy_mentions(self.files):
            if item.spec == spec:
                self.edits.add(item.file, Remove(item.place))

    def _keep_direct(self, user: str, references: Sequence[str]) -> None:
        root = next(iter(self.files.trees))
        file = next((file for file, tree in self.files.trees.items() if tree.get("users")), root)
        for mention in self.files.mentions(user):
            if mention.section == "users":
                for one in references:
                    self.edits.add(mention.file, Insert((*mention.place, "keep_direct"), one))
                return
        entry: Data = {"keep_direct": list(references), "reason": self.reason}
        self._sections.setdefault((file, "users"), {})[user] = entry

    def _declared(self, group: str) -> GroupDecl | None:
        return next((decl for decl in self.config.groups if fold(decl.name) == fold(group)), None)

    def _declaration(self, one: Difference, group: str) -> GroupDecl:
        decl = self._declared(group)
        if decl is None:
            raise UsageError(
                f"{one.address} cannot be adopted alone: no file declares group {group}. "
                f"Adopt group/{group}, with all that it holds"
            )
        return decl

    def _reference(self, policy: str) -> str:
        """Return how the files name a policy that the account has, given as addresses have it."""
        arn = next(
            (arn for arn in sorted(self.before.live.held_arns) if fold(short(arn)) == fold(policy)), ""
        )
        return reference(arn, self.before.live.account.id) or policy


def _short(spec: str) -> str:
    owner, _, rest = spec.partition(":")
    return short(spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}"


def _check_time(entry: Member | PolicyRef | None, what: str) -> None:
    """Refuse what the files name for another time. Raises: UsageError."""
    if entry is not None:
        raise UsageError(
            f"{entry.position}: {what} although its time is another: change the time on that line"
        )


def is_direct(address: str) -> bool:
    """Tell whether an address is that of a direct policy."""
    found = parse(address)
    return bool(found and found.kind is Direct.kind)
