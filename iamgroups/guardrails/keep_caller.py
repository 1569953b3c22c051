"""keep_caller: who applies does not lock themselves out. Must not read anything but the caller's own role."""

from collections.abc import Iterator

from iamgroups.guardrails.situation import Situation, addresses, positions
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import listed, listed_policies
from iamgroups.planning import Change, Finding
from iamgroups.state import Attachment, Direct, InlineGroup, Membership, PolicyFact
from iamgroups.state.names import fold

RULE = "keep_caller"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield what the plan takes from the identity that would apply it.

    Callers, as sts:GetCallerIdentity names them: `arn:...:iam::1:user/path/name`, `arn:...:iam::1:root`,
    `arn:...:sts::1:assumed-role/name/session`, `arn:...:sts::1:federated-user/name`.
    """
    if not situation.config.guardrails.keep_caller:
        return
    kind, _, rest = situation.plan.account.caller_arn.split(":", 5)[-1].partition("/")
    if kind == "user":
        yield from _user(situation, rest.rpartition("/")[2])
    elif kind == "assumed-role":
        yield from _role(situation, rest.partition("/")[0])
    elif kind != "root":
        taken = [change for change in situation.plan.changes if change.action == "delete"]
        message = f"cannot tell what the plan takes from {situation.plan.account.caller_arn}"
        yield Finding(RULE, message, bool(taken), addresses(taken), positions(taken))


def _user(situation: Situation, caller: str) -> Iterator[Finding]:
    taken: list[Change] = []
    for group in situation.groups:
        members = group.members_before
        if members is None:
            yield from _unread(group, caller)
        elif caller in members:
            taken += [change for change in group.changes if _takes(change, caller)]
    for change in situation.plan.changes:
        fact = change.fact
        if isinstance(fact, Direct) and fact.user == caller and not situation.covered(caller, fact.arn):
            taken.append(change)
    if taken:
        message = f"takes from {caller}, who applies it: {listed(addresses(taken))}"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))
    yield from _new_versions(situation, caller)


def _new_versions(situation: Situation, caller: str) -> Iterator[Finding]:
    """Warn of new versions of policies the caller holds: the plan alone cannot tell what they still allow."""
    user = situation.live.users.get(fold(caller))
    held = set((user.policies if user else None) or ())
    for group in situation.groups:
        if caller in (group.members_before or ()):
            held |= group.policies_before or frozenset()
    changing = [change for arn, change in _changed_policies(situation).items() if arn in held]
    if changing:
        message = f"changes policies {caller}, who applies it, holds: {listed(addresses(changing))}"
        yield Finding(RULE, message, False, addresses(changing), positions(changing))


def _changed_policies(situation: Situation) -> dict[str, Change]:
    return {
        change.fact.arn: change
        for change in situation.plan.changes
        if isinstance(change.fact, PolicyFact) and change.action != "create"
    }


def _takes(change: Change, caller: str) -> bool:
    """Tell whether this change of one of the caller's groups takes something from the caller."""
    if change.action != "delete":
        return False
    if isinstance(change.fact, Membership):
        return change.fact.user == caller
    return isinstance(change.fact, Attachment | InlineGroup)


def _unread(group: GroupView, caller: str) -> Iterator[Finding]:
    taken = [change for change in group.changes if _takes(change, caller)]
    if taken:
        message = f"cannot tell whether {caller}, who applies it, is in {group.name}: its members are unknown"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))


def _role(situation: Situation, role: str) -> Iterator[Finding]:
    """Judge new versions and deletions of customer managed policies; only then is the role asked for."""
    changing = _changed_policies(situation)
    if not changing:
        return
    attached = situation.role_policies(role) if situation.role_policies else None
    if attached is None:
        policies = listed_policies(changing)
        message = (
            f"cannot tell whether the role {role}, which applies it, holds {policies}: "
            "iam:ListAttachedRolePolicies is missing"
        )
        yield Finding(RULE, message, True, addresses(changing.values()), positions(changing.values()))
        return
    taken = [changing[arn] for arn in sorted(changing.keys() & attached)]
    if taken:
        message = f"changes what the role {role}, which applies it, may do: {listed(addresses(taken))}"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))
