"""Which documents a plan has to know before its order can be decided. Asked once for a whole plan."""

from collections.abc import Iterable, Iterator, Sequence

from iamgroups.planning.note import Note
from iamgroups.state import Attachment, Direct, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, is_aws_managed, short


def unread_documents(changes: Sequence[Change], live: LiveState) -> frozenset[str]:
    """Return the ARNs whose documents decide an order and were not read.

    They tell which policies deny, and which give what an inline policy or an old version gave.
    """
    wanted = set(_undecided(changes))
    if _weighs_documents(changes, live):
        wanted.update(_beside(changes, live))
    made = {change.fact.arn for change in changes if isinstance(change.fact, PolicyFact)}
    return frozenset(arn for arn in wanted - made if _is_unread(live, arn))


def unknown_twins(changes: Sequence[Change], live: LiveState) -> Iterator[Note]:
    """Yield a note where documents may not be read: a policy that gives the same is not recognised."""
    unread = sorted(map(short, unread_documents(changes, live)))
    if unread and _weighs_documents(changes, live):
        reason = "their documents are not in the file" if live.frozen else "iam:GetPolicyVersion is missing"
        message = f"cannot tell whether {', '.join(unread)} give what this plan takes: {reason}"
        yield Note("unknown-documents", "account", message)


def _weighs_documents(changes: Sequence[Change], live: LiveState) -> bool:
    """Whether the plan changes a document, or moves somebody by an inline one."""
    return any(_changes_a_document(change) for change in changes) or _moves_by_inline(changes, live)


def _moves_by_inline(changes: Sequence[Change], live: LiveState) -> bool:
    """Whether a person both gains and loses policies, and some of them are inline ones of a group."""
    gain: set[str] = set()
    lose: set[str] = set()
    inline: set[str] = set()
    for change in changes:
        people = _people(change, live)
        if change.action == "create":
            gain |= people
        if change.action == "delete":
            lose |= people
        if isinstance(change.fact, Membership) and (group := _group(change, live)) and group.inline:
            inline |= people
    return not inline.isdisjoint(gain & lose)


def _people(change: Change, live: LiveState) -> frozenset[str]:
    """Return the folded names of those who gain or lose by this change."""
    if isinstance(change.fact, Membership | Direct):
        return frozenset({fold(change.fact.user)})
    group = _group(change, live)
    return frozenset(map(fold, (group.members if group else None) or ()))


def _group(change: Change, live: LiveState) -> LiveGroup | None:
    """Return the group that the change is about, by the name that it bears now."""
    fact = change.fact
    if isinstance(fact, Attachment | InlineGroup | Membership):
        return live.group(change.group_now or fact.group)
    return None


def _changes_a_document(change: Change) -> bool:
    if isinstance(change.fact, PolicyFact):
        return change.action != "delete"
    return isinstance(change.fact, InlineGroup)


def _beside(changes: Iterable[Change], live: LiveState) -> Iterator[str]:
    """Yield what comes and goes, and what else those hold that something is taken from."""
    for change in changes:
        fact = change.fact
        if isinstance(fact, Attachment | Direct):
            yield fact.arn
        if change.action == "delete" or isinstance(fact, Membership):
            group = _group(change, live)
            yield from (group.policies if group else None) or ()
        if change.action == "delete" and isinstance(fact, Membership | Direct):
            user = live.users.get(fold(fact.user))
            yield from (user.policies if user else None) or ()


def _undecided(changes: Iterable[Change]) -> Iterator[str]:
    """Yield the customer managed ARNs that may deny beside other changes to the same holder."""
    by_holder: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        for holder in _holders(change):
            by_holder.setdefault((holder, change.action), []).append(change)
    several = (change.fact for ours in by_holder.values() if len(ours) > 1 for change in ours)
    arns = (fact.arn for fact in several if isinstance(fact, Attachment | Direct))
    return (arn for arn in arns if not is_aws_managed(arn))


def _holders(change: Change) -> tuple[str, ...]:
    """Return the group or user whose policies the change brings, takes or passes on; none for others."""
    fact = change.fact
    if isinstance(fact, Attachment | Membership):
        return (f"group/{fact.group}",)
    return (f"user/{fact.user}",) if isinstance(fact, Direct) else ()


def _is_unread(live: LiveState, arn: str) -> bool:
    known = live.policies.get(arn)
    return arn in live.held_arns if known is None else known.document is None
