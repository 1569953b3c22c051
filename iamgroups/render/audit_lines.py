"""An audit as lines, for every format that is read by people."""

from collections.abc import Iterator, Sequence

from iamgroups.access.audit import Audit, AuditedGroup, AuditedPerson, InGroup
from iamgroups.access.dead_grants import DeadGrant
from iamgroups.access.declared import Declaration
from iamgroups.render.wording import people
from iamgroups.state.nouns import count
from iamgroups.state.term import told

SHOWN = 5  # names of a finding
NOT_SEEN = "not seen  resource policies, SCPs, session policies"
UNDECLARED = "(not in the YAML)"
INDENT = " " * 28  # below the first entry of a finding


def lines(found: Audit, full: bool = False) -> Iterator[str]:
    """Yield the counts and findings of an account; `full`, or of a part of it, who holds what as well."""
    kind, _, _ = found.subject.partition("/")
    if not kind:
        yield from _summary(found, None if full else SHOWN)
        yield ""
    if full or kind == "group":
        for group in found.groups:
            yield from _group(group, found)
    if kind == "user" or (full and not kind):
        for person in found.people:
            yield from _person(person, found)
    if kind and found.dead:
        yield from (*_list("no effect", list(map(dead, found.dead)), None), "")
    if found.unread:
        names = people(found.unread, len(found.unread) if full else SHOWN)
        yield f"unread    {names} could not be read: more may be allowed or denied"
    for action in found.missing:
        yield f"unread    {action} was denied: people, groups or policies may be missing here"
    yield NOT_SEEN
    yield "          users only: roles are not judged"


def total(found: Audit) -> str:
    """Return the counts in one line."""
    administrators = count(len(found.administrators), "administrator", "administrators")
    return f"{_size(found)}: {administrators}, {len(found.escalating):,} can escalate"


def _size(found: Audit) -> str:
    users = count(len(found.people), "person", "people")
    groups = count(len(found.groups), "group", "groups")
    return f"{users}, {groups}, {count(len(found.policies), 'policy', 'policies')}"


def _summary(found: Audit, shown: int | None) -> Iterator[str]:
    yield f"{_size(found)}   account {found.account}, catalogue of {found.date}"
    yield ""
    yield _names("administrators", list(map(_administrator, found.administrators)), shown)
    yield from _list("can escalate", [f"{who.user.name}: {_ways(who)}" for who in found.escalating], shown)
    yield _direct(found)
    yield _inline(found)
    yield _names("without a group", [person.user.name for person in found.without_group], shown)
    yield from _list("no effect", list(map(dead, found.dead)), shown)
    if found.files:
        yield _undeclared(found)


def _names(label: str, names: Sequence[str], shown: int | None) -> str:
    """Return a finding with the names it is about on one line."""
    rest = len(names[shown:]) if shown else 0
    return _finding(
        label, len(names), ", ".join(names[:shown]) + (f", and {rest:,} more (-v)" if rest else "")
    )


def _list(label: str, entries: Sequence[str], shown: int | None) -> Iterator[str]:
    """Yield a finding with a line for each entry."""
    first, *more = entries[:shown] or [""]
    yield _finding(label, len(entries), first)
    yield from (INDENT + entry for entry in more)
    if shown and len(entries) > shown:
        yield f"{INDENT}and {len(entries) - shown:,} more (-v)"


def _finding(label: str, number: int, said: str) -> str:
    return f"  {label:<16}  {number:>5,}   {said}".rstrip()


def _administrator(person: AuditedPerson) -> str:
    return person.user.name + (" (on a condition)" if person.administrator == "conditional" else "")


def _ways(person: AuditedPerson) -> str:
    """Return the surest method somebody has, and how many more; the lines of a person have all."""
    surest = min(person.ways, key=lambda way: way.possibly)
    rest = len(person.ways) - 1
    more = f" and {count(rest, 'more way', 'more ways')}" if rest else ""
    return f"{'possibly ' if surest.possibly else ''}{surest.method.id}{more}"


def _direct(found: Audit) -> str:
    held = [[each for each in person.direct if each.policy.arn] for person in found.people]
    covered = sum(bool(each.covered_by) for of_person in held for each in of_person)
    number = sum(map(len, held))
    holders = count(sum(map(bool, held)), "person", "people")
    return _finding("direct policies", number, f"on {holders}, {covered:,} covered by a group" * bool(number))


def _inline(found: Audit) -> str:
    of_groups = [sum(each.policy.is_inline for each in group.policies) for group in found.groups]
    of_people = [sum(each.policy.is_inline for each in person.direct) for person in found.people]
    holders = (
        (sum(map(bool, of_groups)), "group", "groups"),
        (sum(map(bool, of_people)), "person", "people"),
    )
    named = " and ".join(count(*each) for each in holders if each[0])
    return _finding("inline policies", sum((*of_groups, *of_people)), f"of {named}" if named else "")


def _undeclared(found: Audit) -> str:
    members = sum(member.declared is None for person in found.people for member in person.groups)
    of_groups = sum(held.declared is None for group in found.groups for held in group.policies)
    of_people = sum(held.declared is None for person in found.people for held in person.direct)
    kinds = (
        count(members, "membership", "memberships"),
        f"{of_groups:,} of groups' policies",
        f"{of_people:,} direct or inline",
    )
    number = members + of_groups + of_people
    return _finding("not in the YAML", number, ", ".join(kinds) if number else "")


def _group(group: AuditedGroup, found: Audit) -> Iterator[str]:
    size = "members unknown" if group.members is None else count(len(group.members), "member", "members")
    yield f"group {group.name}   {size}"
    for held in group.policies:
        yield f"  {held.policy.shown}{said(held.declared, found.files)}"
    known = {person.user.name: person for person in found.people}
    for member in group.members or ():
        person = known.get(member.user)
        yield f"  - {member.user}{_privilege(person)}{said(member.declared, found.files)}"
    yield ""


def _person(person: AuditedPerson, found: Audit) -> Iterator[str]:
    yield f"{person.user.name}   {person.user.arn}"
    if person.administrator != "no":
        yield f"  ADMINISTRATOR{' on a condition' if person.administrator == 'conditional' else ''}"
    for way in person.ways:
        yield f"  can escalate{' (possibly)' if way.possibly else ''}: {way.method.id}: {way.method.how}"
    groups = {group.name: group for group in found.groups}
    for member in person.groups:
        yield from _membership(member, groups[member.group], found.files)
    for held in person.direct:
        covered = f"   covered by group {', '.join(held.covered_by)}" if held.covered_by else ""
        yield f"  direct {held.policy.shown}{said(held.declared, found.files)}{covered}"
    if not person.groups:
        yield "  in no group"
    if person.user.boundary:
        yield f"  boundary {person.user.boundary}"
    yield ""


def _membership(member: InGroup, group: AuditedGroup, files: bool) -> Iterator[str]:
    yield f"  group {member.group}{said(member.declared, files)}"
    for held in group.policies:
        yield f"    {held.policy.shown}{said(held.declared, files)}"


def _privilege(person: AuditedPerson | None) -> str:
    if person and person.administrator != "no":
        return "   ADMINISTRATOR" + (" on a condition" if person.administrator == "conditional" else "")
    return f"   can escalate: {_ways(person)}" if person and person.ways else ""


def said(found: Declaration | None, files: bool) -> str:
    """Return where the files ask for something, why, and until when; "" without files."""
    if found is None:
        return f"   {UNDECLARED}" if files else ""
    until = f"until {told(found.expires)}" if found.expires else ""
    return "   " + "   ".join(filter(None, [str(found.position), until, found.reason]))


def dead(one: DeadGrant) -> str:
    """Return what has no effect, and why: `local:x statement 3: iam:ListUsers takes no resource but *`."""
    actions, several = people(one.actions, SHOWN), len(one.actions) > 1
    takes = "take" if several else "takes"
    why = {
        "resourceless": f"{takes} no resource but *",
        "resource": f"{takes} no resource like {people(one.resources, SHOWN)}",
        "unlisted": f"{'name' if several else 'names'} no action of the catalogue",
    }[one.why]
    denies = ", and so denies nothing" if one.effect == "Deny" and one.why != "unlisted" else ""
    return f"{one.policy.shown} statement {one.statement}: {actions} {why}{denies}"
