"""keep_caller: who applies does not lock themselves out."""

from collections.abc import Iterator

from iamgroups.guardrails.context import Context, Group, addresses, ended, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed, listed_policies
from iamgroups.planning.note import Finding
from iamgroups.state import Attachment, Direct, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change

RULE = "keep_caller"


def judge(context: Context, wanted: bool) -> Iterator[Finding]:
    """Yield what the plan takes from the identity that would apply it.

    Callers, as sts:GetCallerIdentity names them: `arn:...:iam::1:user/path/name`, `arn:...:iam::1:root`,
    `arn:...:sts::1:assumed-role/name/session`, `arn:...:sts::1:federated-user/name`.
    A file of the AWS CLI names nobody, and nobody applies from it.
    """
    if not wanted:
        return
    kind, _, rest = context.plan.account.caller_arn.split(":", 5)[-1].partition("/")
    if kind == "user":
        yield from _user(context, rest.rpartition("/")[2])
    elif kind == "assumed-role":
        yield from _role(context, rest.partition("/")[0])
    elif kind and kind != "root":
        taken = [change for change in context.plan.changes if change.action == "delete"]
        message = f"cannot tell what the plan takes from {context.plan.account.caller_arn}"
        yield Finding(RULE, message, bool(taken), addresses(taken), positions(taken))


def _user(context: Context, caller: str) -> Iterator[Finding]:
    taken: list[Change] = []
    for group in context.groups:
        members = group.members_before
        if members is None:
            yield from _unread(group, caller)
        elif caller in members:
            taken += _taken(group, caller)
    own = [c for c in ended(context.plan.changes, Direct) if c.fact.owner.name == caller]
    taken += [change for change in own if not context.covered(caller, change.fact.values["arn"])]
    if taken:
        message = f"takes from {caller}, who applies it: {listed(addresses(taken))}"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))
    yield from _new_versions(context, caller)


def _new_versions(context: Context, caller: str) -> Iterator[Finding]:
    """Warn of new versions of policies the caller holds: the plan alone cannot tell what they still allow."""
    user = context.live.user(caller)
    held = {each.policy.arn for each in context.access.before.of_user(user)} if user else set[str]()
    changing = [change for arn, change in _changed_policies(context).items() if arn in held]
    if changing:
        message = f"changes policies {caller}, who applies it, holds: {listed(addresses(changing))}"
        yield Finding(RULE, message, False, addresses(changing), positions(changing))


def _changed_policies(context: Context) -> dict[str, Change]:
    """Return ARN -> the change that ends an owned policy or gives it another document."""
    changes = [c for c in context.plan.changes if c.fact.kind is PolicyFact.kind and c.action != "create"]
    return {change.fact.values["arn"]: change for change in changes}


def _taken(group: Group, caller: str) -> list[Change]:
    """Return what takes something from the caller as a member of this group."""
    leaving = [change for change in ended(group.changes, Membership) if change.fact.label == caller]
    return leaving + ended(group.changes, Attachment, InlineGroup)


def _unread(group: Group, caller: str) -> Iterator[Finding]:
    taken = _taken(group, caller)
    if taken:
        message = f"cannot tell whether {caller}, who applies it, is in {group.name}: its members are unknown"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))


def _role(context: Context, role: str) -> Iterator[Finding]:
    """Judge new versions and deletions of customer managed policies; only then is the role asked for."""
    changing = _changed_policies(context)
    if not changing:
        return
    attached = context.role_policies(role) if context.role_policies else None
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


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "The caller does not take away their own access.",
        "type": "boolean",
        "default": True,
    },
)
