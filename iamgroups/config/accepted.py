"""Entries of `accepted` -> one `Accepted` for each address or glob they name."""

from collections.abc import Iterable, Iterator

from iamgroups.config.people import day
from iamgroups.config.tree import Node
from iamgroups.errors import Problem
from iamgroups.state import KINDS
from iamgroups.state.address import is_glob, known_as
from iamgroups.state.config import Accepted
from iamgroups.state.names import short

# What an entry names -> whose it may be -> the beginning of the address.
OWNERS = {
    "direct": {"users": "direct"},
    "attachment": {"groups": "attachment"},
    "inline": {"users": "inline/user", "groups": "inline/group"},
}
WAYS = "match, direct with users, attachment with groups, or inline with users or groups"


def accepted(nodes: Iterable[Node], problems: list[Problem]) -> tuple[Accepted, ...]:
    """Return what all entries accept, in the order of the files."""
    found: list[Accepted] = []
    for node in nodes:
        entries = list(_entry(node, problems))
        if not entries and not any(_in(problem, node) for problem in problems):
            problems.append(node.problem("this entry names nothing", f"write {WAYS}"))
        found += entries
    return tuple(found)


def _in(problem: Problem, node: Node) -> bool:
    """Tell whether a problem is on the line where an entry begins: what is faulty was left out of it."""
    return problem.position is not None and problem.position[:2] == node.position[:2]


def _entry(node: Node, problems: list[Problem]) -> Iterator[Accepted]:
    until = day(node.get("until"), problems)
    rest = node.value.get("reason", ""), until, node.value.get("document", "")
    if (match := node.get("match")) is not None:
        for name in match.items() if isinstance(match.value, list) else [match]:
            problems += _checked(name)
            yield Accepted(name.value, name.position, *rest)
    for key, owners in OWNERS.items():
        if (policy := node.get(key)) is None:
            continue
        named = policy.value if key == "inline" else short_reference(policy.value)
        for people, start in owners.items():
            names = node.get(people)
            for name in names.items() if names else ():
                yield Accepted(f"{start}/{name.value}/{named}", name.position, *rest)


def _checked(node: Node) -> list[Problem]:
    """Return a problem where an address has the form of none."""
    if is_glob(node.value) or known_as(node.value):
        return []
    return [node.problem(f"{node.value} is not an address", forms())]


def forms() -> str:
    """Return which forms of an address there are."""
    found = ", ".join([*(kind.address.text for kind in KINDS), "document/{policy}", "user/{name}"])
    return f"there are {found} and rule/{{rule}}/..."


def short_reference(policy: str) -> str:
    """Return `aws:Name` or `local:Name` of a reference, as addresses have it."""
    owner, _, rest = policy.partition(":")
    return short(policy) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}"
