"""Grants in classes: the grants that the same documents give are one class, and one bit of an int."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from iamgroups.policy.grants import Grant, covers, is_opaque, service_of
from iamgroups.state.names import never_detached

Grants = frozenset[Grant]


class Classes:
    """The classes of some documents. A mask is an int that has a bit for each class.

    A document gives a grant where it has one that covers it.
    """

    def __init__(self, documents: Iterable[Grants]) -> None:
        known = list(dict.fromkeys(documents))
        self._masks = dict.fromkeys(known, 0)
        self._allows: defaultdict[str, int] = defaultdict(int)
        self._denies: defaultdict[str, int] = defaultdict(int)
        self.denies = 0
        places: dict[tuple[int, bool], int] = {}
        for grant, given_by in _given_by(known).items():
            denies = _denies(grant)
            place = places.setdefault((given_by, denies), len(places))
            (self._denies if denies else self._allows)["*" if is_opaque(grant) else service_of(grant)] |= (
                1 << place
            )
            self.denies |= denies << place
        for (given_by, _), place in places.items():
            for number in bits(given_by):
                self._masks[known[number]] |= 1 << place

    def mask(self, grants: Grants) -> int:
        """Return the classes that a document gives."""
        return self._masks[grants]

    def allows_beside(self, mask: int) -> int:
        """Return the classes of Allow that share a service with a Deny of these classes."""
        return _beside(mask, self._denies, self._allows)

    def denies_beside(self, mask: int) -> int:
        """Return the classes of Deny that share a service with a Deny of these classes."""
        return _beside(mask, self._denies, self._denies)


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _beside(mask: int, by_service: dict[str, int], others: dict[str, int]) -> int:
    found = 0
    for service, classes in by_service.items():
        if classes & mask:
            if service == "*":
                return union(others.values())
            found |= others.get(service, 0) | others.get("*", 0)
    return found


def union(masks: Iterable[int]) -> int:
    """Return all the classes of several masks."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def _denies(grant: Grant) -> bool:
    return grant.effect == "Deny" or (is_opaque(grant) and never_detached(grant.resource))


def _given_by(documents: Collection[Grants]) -> dict[Grant, int]:
    """Return each grant -> the documents that give it, a bit each."""
    written: dict[Grant, int] = {}
    for number, document in enumerate(documents):
        for grant in document:
            written[grant] = written.get(grant, 0) | 1 << number
    wide = _Wide(written)
    return {
        grant: union(written[other] for other in wide.around(grant)) | given
        for grant, given in written.items()
    }


class _Wide:
    """Finds the grants that cover one without comparing it with all the others."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self._of_action: defaultdict[tuple[str, str], list[Grant]] = defaultdict(list)
        self._patterns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._actions: dict[tuple[str, str], list[str]] = {}
        for grant in grants:
            if not is_opaque(grant):
                self._of_action[grant.effect, grant.action].append(grant)
                if "*" in grant.action or "?" in grant.action:
                    self._patterns[grant.effect, service_of(grant)].add(grant.action)

    def around(self, grant: Grant) -> Iterator[Grant]:
        """Yield the grants that cover this one."""
        for action in self._wider(grant):
            for other in self._of_action.get((grant.effect, action), ()):
                if covers(other, grant):
                    yield other

    def _wider(self, grant: Grant) -> list[str]:
        key = grant.effect, grant.action
        if key not in self._actions:
            narrow = Grant(grant.effect, grant.action, "*", "")
            near = {
                action
                for service in (service_of(grant), "*")
                for action in self._patterns.get((grant.effect, service), ())
                if covers(narrow._replace(action=action), narrow)
            }
            self._actions[key] = [grant.action, *sorted(near - {grant.action})]
        return self._actions[key]
