"""An explanation as lines, for every format that is read by people."""

from collections.abc import Iterator, Sequence

from iamgroups.access.explain import Explanation, Question, Reason, Via
from iamgroups.access.scope import Scope
from iamgroups.access.summary import PersonSummary
from iamgroups.errors import Position
from iamgroups.policy.parsed import Condition
from iamgroups.policy.truth import Truth
from iamgroups.render import condition_words

MORE = 3  # ways that are listed for a statement
LIMITS = 6
NOT_SEEN = {
    "resource_policies": "resource policies",
    "session_policies": "session policies",
    "scps": "SCPs (none given)",
}
_SAYS = {True: "allows it", False: "does not allow it", None: "may allow it"}


def explanation(found: Explanation, full: bool = False) -> Iterator[str]:
    """Yield the question, the verdict, the statements that matter and what is not seen."""
    asked = found.asked
    yield f"{found.user.name}  {question(asked, found.resourceless)}  {found.level}".rstrip()
    yield ""
    yield f"{found.verdict.upper():<13} {_reason(found)}".rstrip()
    yield from (f"              {said}" for said in remarks(asked, found.resourceless))
    yield ""
    for reason in found.reasons:
        yield from _statement(reason, full)
    if full and found.failed:
        yield from ("", "  These name the action and do not apply:")
        for reason in found.failed:
            yield from _statement(reason, full)
            yield f"           {_failure(reason)}"
    yield ""
    for kind, name, says in found.ceilings:
        yield f"ceiling   {kind} {name} {_SAYS[says]}"
    for policy in found.unread:
        yield f"unread    {policy} could not be read: it may change the verdict"
    yield f"not seen  {not_seen(asked)}"


def question(asked: Question, resourceless: bool) -> str:
    """Return the action and the resource that are asked for."""
    resource = "every resource" if resourceless or asked.resource is None else asked.resource
    return f"{asked.action}  {resource}"


def remarks(asked: Question, resourceless: bool) -> Iterator[str]:
    """Yield what is special about an action."""
    if resourceless:
        yield "AWS authorises this action on * only: a policy that names an ARN has no effect"
    if asked.also_decides:
        yield asked.also_decides


def not_seen(asked: Question) -> str:
    """Return what a verdict does not take into account."""
    return ", ".join(NOT_SEEN[each] for each in asked.not_seen)


def _reason(found: Explanation) -> str:
    decision = found.decision
    if decision.decided_by == "explicit":
        return "by a Deny"
    if decision.decided_by == "identity":
        return "no policy allows it"
    if decision.decided_by:
        return f"the {decision.decided_by} does not allow it"
    return f"allowed if {' and '.join(demands(found))}" if found.verdict == "conditional" else ""


def demands(found: Explanation) -> list[str]:
    """Return what has to be so for a conditional verdict to become allowed, in words."""
    allows = [reason for reason in found.reasons if reason.judged.statement.effect == "Allow"]
    denies = [reason for reason in found.reasons if reason.judged.statement.effect == "Deny"]
    needed = [f"not ({_when(reason)})" if _many(reason) else _unless(reason) for reason in denies]
    layers = dict.fromkeys(reason.judged.layer for reason in allows)
    for layer in layers:
        of_layer = [reason for reason in allows if reason.judged.layer == layer]
        if not any(reason.judged.applies for reason in of_layer):
            needed.append(" or ".join(dict.fromkeys(map(_when, of_layer))))
    if found.unread:
        needed.append("what could not be read agrees")
    return list(dict.fromkeys(filter(None, needed)))


def _many(reason: Reason) -> bool:
    return len(_open(reason)) != 1 or reason.judged.matched[1] is None


def _open(reason: Reason) -> list[Condition]:
    judged = reason.judged
    pairs = zip(judged.statement.conditions, judged.conditions, strict=True)
    return [condition for condition, holds in pairs if holds is None]


def _when(reason: Reason) -> str:
    """Return when a statement applies, as far as that is open."""
    statement, (action, resource) = reason.judged.statement, reason.judged.matched
    parts = []
    if action is None:
        parts.append("AWS takes a wildcard in the service of an action")
    if resource is None:
        patterns = ", ".join(statement.resources)
        parts.append(f"the resource is {'none of ' if statement.not_resources else ''}{patterns}")
    return " and ".join([*parts, *map(condition_words.words, _open(reason))])


def _unless(reason: Reason) -> str:
    return condition_words.words(_open(reason)[0], holds=False)


def _statement(reason: Reason, full: bool) -> Iterator[str]:
    judged = reason.judged
    statement = judged.statement
    sid = f' "{statement.sid}"' if statement.sid else ""
    version = f" {reason.policy.version}" if full and reason.policy.version else ""
    pattern = judged.resource or ("NotResource " + ", ".join(statement.resources)) * statement.not_resources
    conditions = "; ".join(map(condition_words.written, statement.conditions))
    name = f"{reason.policy.shown}{version}, statement {statement.number}{sid}"
    yield "  ".join(filter(None, [f"  {statement.effect:<5}  {name}", pattern, conditions]))
    if judged.layer != "identity":
        yield f"         {judged.layer}"
    shown = reason.via if full else reason.via[:MORE]
    for number, via in enumerate(shown):
        yield f"         {'also ' if number else ''}{way(via)}"
    if len(reason.via) > len(shown):
        yield f"         and {len(reason.via) - len(shown)} more ways (-v)"


def way(via: Via) -> str:
    """Return how somebody holds a policy, with the lines: `group ops   people.yaml:8:5, ops.yaml:3:7`."""
    if not via.group:
        return f"attached directly   {lines(via.attachment)}"
    return f"group {via.group}   {lines(via.membership, via.attachment)}"


def lines(*positions: Position | None) -> str:
    """Return the lines that are known, else that no file has one."""
    known = [str(position) for position in positions if position]
    return ", ".join(known) if known else "(not in the YAML)"


def _failure(reason: Reason) -> str:
    judged = reason.judged
    if judged.matched[1] is False:
        return "does not include the resource"
    failed = [
        condition
        for condition, holds in zip(judged.statement.conditions, judged.conditions, strict=True)
        if holds is False
    ]
    return "; ".join(f"{condition_words.written(condition)} does not hold" for condition in failed)


def holds(truth: Truth) -> str:
    """Return a truth in a word: yes, no, unknown."""
    return "unknown" if truth is None else "yes" if truth else "no"


def summary(found: PersonSummary, full: bool = False) -> Iterator[str]:
    """Yield what somebody can do altogether."""
    yield f"{found.user.name}  {found.user.arn}"
    yield ""
    if found.administrator:
        yield "ADMINISTRATOR   every action on every resource"
    count, within = found.allowed.count, found.conditional.count
    yield f"{count:,} of {found.actions:,} actions   {counts(found.allowed.levels)}"
    if within:
        yield f"{within:,} of them only on some resources or conditions   {counts(found.conditional.levels)}"
    services = found.allowed.services if full else found.allowed.services[:12]
    rest = len(found.allowed.services) - len(services)
    if services:
        yield f"  {counts(services)}" + (f", {rest} more services (-v)" if rest else "")
    if found.allowed.privileged:
        names = found.allowed.privileged if full else found.allowed.privileged[:8]
        more = len(found.allowed.privileged) - len(names)
        yield f"  manages permissions: {', '.join(names)}" + (f", {more} more (-v)" if more else "")
    for entry in found.ways:
        possibly = " (possibly)" if entry.possibly else ""
        yield f"  can escalate{possibly}: {entry.method.id}: {entry.method.how}"
    yield from _limits("", found.scopes, full)
    yield from _limits("denied ", found.denied, full)
    yield ""
    for policy, ways in found.policies:
        yield f"  {policy.shown}"
        for via in ways:
            yield f"    {way(via)}"
    if found.boundary:
        yield f"ceiling   boundary {found.boundary}"
    for unread in found.unread:
        yield f"unread    {unread} could not be read: more may be allowed or denied"
    yield "not seen  resource policies, SCPs, session policies"
    yield f"          catalogue of {found.date}"


def _limits(word: str, scopes: Sequence[tuple[Scope, int]], full: bool) -> Iterator[str]:
    shown = scopes if full else scopes[:LIMITS]
    for scope, number in shown:
        yield f"  {number:,} {'action' if number == 1 else 'actions'} {word}{condition_words.scope(scope)}"
    if len(scopes) > len(shown):
        yield f"  and {len(scopes) - len(shown)} more limits (-v)"


def counts(pairs: tuple[tuple[str, int], ...]) -> str:
    """Return `s3 83, iam 2`."""
    return ", ".join(f"{name} {number:,}" for name, number in pairs)
