"""What `accepted` covers on a day, in an account as it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from iamgroups.errors import Position
from iamgroups.policy.administrator import ADMINISTRATOR, is_administrator
from iamgroups.policy.meaning import digest
from iamgroups.state.address import is_glob, parse
from iamgroups.state.config import Accepted
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, matches, short


class Remark(NamedTuple):
    """Something to mend in `accepted` itself."""

    message: str
    position: Position


class Acceptance:
    """The entries of `accepted`, asked for one address after the other; `remarks` come last."""

    def __init__(self, entries: Sequence[Accepted], live: LiveState, today: date) -> None:
        self._entries = entries
        self._live = live
        self._today = today
        self._used: set[int] = set()
        self._exact: dict[str, list[int]] = {}
        self._globs = [index for index, entry in enumerate(entries) if is_glob(entry.match)]
        for index, entry in enumerate(entries):
            self._exact.setdefault(fold(entry.match), []).append(index)

    def entry_for(self, address: str) -> Accepted | None:
        """Return the entry that accepts an address; None where none does."""
        document = self.document(address)
        for entry in self._matching(address):
            over = entry.until is not None and entry.until < self._today
            other = entry.document and entry.document != fingerprint(document)
            if not over and not other and not (is_glob(entry.match) and self.is_administrator(address)):
                return entry
        return None

    def outdated(self, address: str) -> Accepted | None:
        """Return an entry that accepts another document than the account has now."""
        now = fingerprint(self.document(address))
        return next((e for e in self._matching(address) if e.document and e.document != now), None)

    def mark(self, address: str) -> None:
        """Count the entries for an address that is there and not judged: they match something."""
        self._used.update(self._places(address))

    def remarks(self) -> Iterator[Remark]:
        """Yield the entries that are past their date, or that matched nothing that was asked for."""
        for index, entry in enumerate(self._entries):
            if entry.until is not None and entry.until < self._today:
                message = f"accepted {entry.match} ended on {entry.until}: take it out, or give it a new date"
                yield Remark(message, entry.position)
            elif index not in self._used:
                yield Remark(f"accepted {entry.match} matches nothing: take it out", entry.position)

    def document(self, address: str) -> Any:
        """Return the document that an address is about; None where it is not known, or for another kind."""
        kind, _, name = address.partition("/")
        if kind == "document":
            return next((p.document for arn, p in self._live.policies.items() if short(arn) == name), None)
        found = parse(address)
        if found is None or not found.kind.name.startswith("inline"):
            return None
        group, user = found.names.get("group"), found.names.get("user")
        owner = self._live.group(group) if group else self._live.user(user or "")
        return ((owner.inline if owner else None) or {}).get(found.names["policy"])

    def is_administrator(self, address: str) -> bool:
        """Tell whether an address names a policy that lets its holders do everything."""
        _, _, rest = address.partition("/")
        policies = self._administrators
        return any(fold(part) in policies for part in rest.split("/")) or is_administrator(
            self.document(address)
        )

    @cached_property
    def _administrators(self) -> frozenset[str]:
        """Return the managed policies that let their holders do everything, folded."""
        known: Mapping[str, Any] = {arn: policy.document for arn, policy in self._live.policies.items()}
        found = {fold(short(arn)) for arn, document in known.items() if is_administrator(document)}
        return frozenset({fold(ADMINISTRATOR), *found})

    def _matching(self, address: str) -> Iterator[Accepted]:
        for index in self._places(address):
            self._used.add(index)
            yield self._entries[index]

    def _places(self, address: str) -> Iterator[int]:
        yield from self._exact.get(fold(address), ())
        yield from (index for index in self._globs if matches(self._entries[index].match, address))


def fingerprint(document: Any) -> str:
    """Return the digest of what a document means, as `accepted` and iamgroups.lock.json have it."""
    return f"sha256:{digest(document)}"
