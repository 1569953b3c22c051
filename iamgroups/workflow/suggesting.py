"""What `import --suggest` proposes, and the files for it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from iamgroups import catalogue
from iamgroups.access.privilege import Privilege
from iamgroups.config.imported import EMPTY, PLAIN, FirstPlan, Imported, Layout, chosen, imported
from iamgroups.planning.migration import direct_policies, migrated
from iamgroups.planning.suggest import Proposal, Suggestion, nothing, suggest
from iamgroups.state.live import LiveState
from iamgroups.state.nouns import count
from iamgroups.workflow.plan import Reader


@dataclass(frozen=True, slots=True)
class Wish:
    """What may be proposed. `exclude`: globs of users who are left out."""

    least_members: int
    most_groups: int
    exclude: tuple[str, ...] = ()
    privileged: bool = False


@dataclass(frozen=True)
class Suggested:
    """A suggestion and its files. `privileged`: policy (ARN) or proposed group -> why it is privileged.

    `detached`: how many direct policies the first plan ends.
    """

    suggestion: Suggestion
    privileged: Mapping[str, str]
    detached: int
    files: Imported


def suggested(
    live: LiveState,
    reader: Reader,
    wish: Wish,
    *,
    names: Collection[str] = (),
    layout: Layout = PLAIN,
    first_plan: FirstPlan = EMPTY,
) -> Suggested:
    """Propose groups for what people hold directly; `names`: the groups to import, none for all.

    `first_plan`: what else the first plan does. `live` is the account after that.
    Raises: UsageError when there is no such group, AccountError where documents cannot be read.
    """
    groups = [group.name for group in chosen(live, names)]
    live = reader.documents(live, _direct(live))
    privilege = Privilege(live, catalogue.load())
    found = suggest(
        live,
        least_members=wish.least_members,
        most_groups=wish.most_groups,
        exclude=wish.exclude,
        join=groups,
        is_privileged=nothing if wish.privileged else lambda arns: bool(privilege.of(arns)),
    )
    after = migrated(live, found, groups)
    detached = direct_policies(live) - direct_policies(after)
    new = [proposal.name for proposal in found.proposals if not proposal.exists]
    privileged = dict(_privileged(found, privilege))
    about = {proposal.name: _about(proposal, privileged.get(proposal.name)) for proposal in found.proposals}
    files = imported(
        after,
        (*groups, *new) if names else (),
        layout,
        replace(first_plan, detached=detached, proposed=about),
    )
    return Suggested(found, privileged, detached, files)


def _direct(live: LiveState) -> frozenset[str]:
    """Return what people hold directly and nobody has read."""
    held = {arn for user in live.users.values() for arn in user.policies or ()}
    read = {arn for arn, policy in live.policies.items() if policy.document is not None}
    return frozenset(held - read)


def _about(proposal: Proposal, privileged: str | None) -> str:
    people = count(len(proposal.members), "person has", "people have")
    said = f"{people} all of it already, and {'joins' if len(proposal.members) == 1 else 'join'}"
    return f"{said}. Privileged: {privileged}" if privileged else said


def _privileged(found: Suggestion, privilege: Privilege) -> Iterator[tuple[str, str]]:
    for arn in found.privileged:
        yield arn, privilege.of([arn])
    for proposal in found.proposals:
        if why := privilege.of(proposal.policies):
            yield proposal.name, why
