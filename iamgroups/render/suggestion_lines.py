"""What `import --suggest` proposes, as lines: a table of groups, and what remains."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from iamgroups.render.wording import people
from iamgroups.state.names import fold, short
from iamgroups.state.nouns import count

if TYPE_CHECKING:
    from iamgroups.planning.suggest import Proposal, Suggestion

SHOWN = 5  # people of a policy; accepted.yaml names all
KINDS_OF_USERS = (
    "IAM does not say which users are people. Leave programs out with --exclude, such as --exclude 'svc-*'."
)


def lines(found: "Suggestion", privileged: Mapping[str, str], detached: int) -> Iterator[str]:
    """Yield lines. `privileged`: policy (ARN) or proposed group -> why; `detached`: what the plan ends."""
    yield from _table(found.proposals, privileged)
    remain = sum(map(len, found.left.values()))
    ended = count(detached, "direct policy", "direct policies")
    rest = f"{remain:,} {'remains' if remain == 1 else 'remain'}"
    yield f"The first plan takes away {ended} that groups give. {rest}."
    yield from _left(found.left, privileged)
    if found.privileged:
        yield "Privileged policies are not proposed. --include-privileged proposes them."
    if found.excluded:
        yield f"Left out by --exclude: {people(found.excluded, SHOWN)}."
    else:
        yield KINDS_OF_USERS


def _table(proposals: Sequence["Proposal"], privileged: Mapping[str, str]) -> Iterator[str]:
    if not proposals:
        yield "No group is proposed: too few people hold the same policies directly."
        return
    width = max(5, *(len(proposal.name) for proposal in proposals))
    yield f"{'Group':{width}}   People   Replaces   Policies"
    for proposal in proposals:
        joining = f"{'+' if proposal.exists else ''}{len(proposal.members):,}"
        policies = ", ".join(map(short, proposal.policies))
        mark = f" (privileged: {privileged[proposal.name]})" if proposal.name in privileged else ""
        there = " (exists)" if proposal.exists else ""
        yield f"{proposal.name:{width}} {joining:>8} {len(proposal.covers):>10,}   {policies}{there}{mark}"


def _left(left: Mapping[str, Sequence[str]], privileged: Mapping[str, str]) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for user, arns in left.items():
        for arn in arns:
            holders.setdefault(arn, []).append(user)
    for arn in sorted(holders, key=lambda arn: (-len(holders[arn]), fold(short(arn)))):
        why = f" ({privileged[arn]})" if arn in privileged else ""
        yield f"  {short(arn)}{why}: {people(holders[arn], SHOWN)}"
