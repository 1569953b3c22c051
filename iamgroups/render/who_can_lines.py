"""Who can do something, as lines, for every format that is read by people."""

from collections.abc import Iterator, Sequence

from iamgroups.access.explain import Explanation, Reason
from iamgroups.access.who_can import WhoCan
from iamgroups.render import explain_lines
from iamgroups.render.wording import people
from iamgroups.state.nouns import count

WIDTH = len("conditional")
POLICIES = 5  # that are named of those that could not be read


def lines(found: WhoCan, full: bool = False) -> Iterator[str]:
    """Yield the question, each person with the verdict and the ways, and what is not seen."""
    told = filter(None, [found.level, "can escalate alone" if found.escalates else ""])
    yield f"{explain_lines.question(found.asked, found.resourceless)}  {', '.join(told)}".rstrip()
    yield ""
    able = f"{len(found.people):,}" if found.people else "nobody"
    yield f"{able} of {count(found.judged, 'person', 'people')} can"
    if found.escalates:
        yield f"  {found.asked.action} alone is enough to {found.escalates}"
    yield from (f"  {said}" for said in explain_lines.remarks(found.asked, found.resourceless))
    yield ""
    width = max((len(person.user.name) for person in found.people), default=0)
    for person in found.people:
        yield from _person(person, width, found.files, full)
    if found.people:
        yield ""
    if found.unread:
        names = people(found.unread, len(found.unread) if full else POLICIES)
        yield f"unread    {names} could not be read: they may change a verdict"
    for action in found.missing:
        yield f"unread    {action} was denied: people or policies may be missing here"
    yield f"not seen  {explain_lines.not_seen(found.asked)}"
    yield "          users only: roles are not judged"


def _person(person: Explanation, width: int, files: bool, full: bool) -> Iterator[str]:
    indent = " " * (width + WIDTH + 6)
    first, *more = _said(person, files, full)
    yield f"  {person.user.name:<{width}}  {person.verdict:<{WIDTH}}  {first}"
    yield from (f"{indent}{line}" for line in more)


def _said(person: Explanation, files: bool, full: bool) -> Iterator[str]:
    """Yield by which ways somebody can, and on what it depends."""
    ways = list(dict.fromkeys(_ways(_allows(person, full), files)))
    shown = ways if full else ways[: explain_lines.MORE]
    yield from (f"{'also ' if number else ''}{way}" for number, way in enumerate(shown))
    if len(ways) > len(shown):
        yield f"and {count(len(ways) - len(shown), 'more way', 'more ways')} (-v)"
    if person.verdict == "conditional":
        yield f"if {' and '.join(explain_lines.demands(person))}"


def _allows(person: Explanation, full: bool) -> list[Reason]:
    """Return the statements that allow it; of a sure verdict only those that are sure, unless `full`."""
    allows = [one for one in person.reasons if one.judged.statement.effect == "Allow" and one.via]
    sure = [reason for reason in allows if reason.judged.applies]
    return sure if person.verdict == "allowed" and not full else allows


def _ways(reasons: Sequence[Reason], files: bool) -> Iterator[str]:
    for reason in reasons:
        for via in reason.via:
            who = f"group {via.group}" if via.group else "direct"
            where = f"   {explain_lines.lines(via.membership, via.attachment)}" if files else ""
            yield f"{who} ({reason.policy.shown}){where}"
