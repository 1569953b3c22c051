"""Customer managed policies the configuration owns: create, new version, delete."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from iamgroups.errors import Problem
from iamgroups.planning.holders import who_holds
from iamgroups.planning.note import Note
from iamgroups.planning.resolver import Resolver
from iamgroups.policy.meaning import same
from iamgroups.policy.size import compact
from iamgroups.state import Attachment, Direct, PolicyFact, PolicyVersionFact
from iamgroups.state.change import Change
from iamgroups.state.config import Config, PolicyDecl, Removed
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold, parse_policy_arn
from iamgroups.state.nouns import count
from iamgroups.state.policy import OWNER_TAG


@dataclass
class OwnedPolicies:
    """Changes, notes and problems, and the ARNs whose details are still to be read. `owner`: whose files."""

    live: LiveState
    owner: str
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    details: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)

    def ask(self, action: str, wanted: set[str], arn: str, decl: PolicyDecl | Removed) -> None:
        """Ask for what is not known yet; what was asked for and denied is a problem."""
        if action not in self.live.denied:
            wanted.add(arn)
            return
        message = f"cannot tell what policy {decl.name} is like now"
        hint, about = f"grant {action} and run again", (f"policy/{decl.name}",)
        self.problems.append(Problem(message, decl.position, hint, about=about))


def owned_policies(
    config: Config, live: LiveState, resolver: Resolver, others: Iterable[Change]
) -> OwnedPolicies:
    """Compare owned documents with live ones; `others`: the plan's other changes."""
    result = OwnedPolicies(live, config.settings.owner)
    for decl in config.policies:
        result.problems.extend(_of_another_partition(decl, live.account.partition))
    if not live.local_listed:
        result.problems.extend(_unlisted(config.policies))
        return result
    by_name = {}
    for arn, policy in live.policies.items():
        parts = parse_policy_arn(arn)
        if parts and parts.owner != "aws":
            by_name[fold(parts.name)] = policy
    for decl in sorted(config.policies, key=lambda decl: fold(decl.name)):
        _declared(decl, by_name.get(fold(decl.name)), resolver.owned[fold(decl.name)], result)
    removed = [entry for entry in config.removed if entry.kind == "policy"]
    if removed:
        grants, releases = _holds(others)
        for entry in removed:
            _removed(entry, by_name.get(fold(entry.name)), (grants, releases), result)
    return result


def _of_another_partition(decl: PolicyDecl, wanted: str) -> Iterator[Problem]:
    """Yield what AWS would refuse: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""
    for partition, position in decl.partitions:
        if partition != wanted:
            message = (
                f"policy {decl.name} names a resource of partition {partition}, the account is of {wanted}"
            )
            hint = f"write arn:{wanted}:..., or arn:*:... for any partition"
            yield Problem(message, position, hint, about=(f"policy/{decl.name}",))


def _declared(decl: PolicyDecl, now: LivePolicy | None, arn: str, result: OwnedPolicies) -> None:
    account = result.live.account
    document = decl.document_for(account.id, account.partition)
    text = compact(document)
    if now is None:
        fact = PolicyFact(decl.name, decl.path, arn, text, decl.description, result.owner)
        result.changes.append(Change("create", fact, decl.position))
        return
    if fold(now.arn) != fold(arn):
        hint = "IAM cannot move a policy: declare the path it has, or remove it there first"
        message, about = f"policy {decl.name} exists at {now.arn}", (f"policy/{decl.name}",)
        result.problems.append(Problem(message, decl.position, hint, about=about))
        return
    _compare_description(decl, now, result)
    if now.document is None:
        result.ask("iam:GetPolicyVersion", result.documents, now.arn, decl)
        return
    if same(now.document, document):
        return
    if not _known(now, decl, result):
        return
    if not _made_by(result.owner, now):
        if not decl.adopt:
            result.problems.append(_not_ours(decl, now, result.live))
            return
        result.notes.append(_adopted(decl, now, "gets a new version"))
    result.changes.extend(_new_version(decl, now, text, result.live))
    result.notes.append(_reach(decl, now, result.live))


def _compare_description(decl: PolicyDecl, now: LivePolicy, result: OwnedPolicies) -> None:
    """Say that a description differs. A GetPolicy is sent only where the files have one."""
    if not decl.description or now.description == decl.description:
        return
    if now.description is not None:
        message = (
            f'policy {decl.name} keeps its description "{now.description}": IAM takes one at creation only'
        )
        result.notes.append(
            Note("description-differs", f"policy/{decl.name}", message, decl.position, "info")
        )
    elif "iam:GetPolicy" not in result.live.denied:
        result.details.add(now.arn)


def _known(now: LivePolicy, decl: PolicyDecl | Removed, result: OwnedPolicies) -> bool:
    """Return whether the owner and the versions were read, and ask for what was not."""
    if now.tags is None:
        result.ask("iam:GetPolicy", result.details, now.arn, decl)
    if now.versions is None:
        result.ask("iam:ListPolicyVersions", result.versions, now.arn, decl)
    return now.tags is not None and now.versions is not None


def _made_by(owner: str, policy: LivePolicy) -> bool:
    return (policy.tags or {}).get(OWNER_TAG) == owner


def _whose(policy: LivePolicy) -> str:
    owner = (policy.tags or {}).get(OWNER_TAG)
    return f"belongs to {owner} (its tag {OWNER_TAG})" if owner else "was not made by iamgroups"


def _adopted(decl: PolicyDecl | Removed, now: LivePolicy, what: str) -> Note:
    message = f"policy {decl.name} {what}, and {_whose(now)}: taken over by `adopt`"
    return Note("adopted", f"policy/{decl.name}", message, decl.position)


def _unlisted(declared: Sequence[PolicyDecl]) -> Iterator[Problem]:
    about = tuple(f"policy/{decl.name}" for decl in declared)
    for decl in declared[:1]:
        message = "cannot tell which customer managed policies exist"
        yield Problem(message, decl.position, "grant iam:ListPolicies and run again", about=about)


def _not_ours(decl: PolicyDecl, now: LivePolicy, live: LiveState) -> Problem:
    holders = who_holds(now.arn, now.holders, live)
    return Problem(
        f"policy {decl.name} exists, differs, and {_whose(now)}",
        decl.position,
        f"add `adopt: true` to take it over ({holders}), or choose another name",
        about=(f"policy/{decl.name}",),
    )


def _new_version(decl: PolicyDecl, now: LivePolicy, text: str, live: LiveState) -> Iterator[Change]:
    parts = parse_policy_arn(now.arn)
    name, path = (parts.name, parts.path) if parts else (decl.name, decl.path)
    versions = now.versions or ()
    if len(versions) >= live.quotas.get("VersionsPerPolicyQuota", 5):
        oldest = min(versions[1:], key=lambda version: int(version[1:]))
        fact = PolicyVersionFact(name, now.arn, oldest)
        yield Change("delete", fact, decl.position, "the oldest version makes room")
    before = PolicyFact(name, path, now.arn, compact(now.document))
    yield Change("update", PolicyFact(name, path, now.arn, text), decl.position, "new version", before=before)


def _reach(decl: PolicyDecl, now: LivePolicy, live: LiveState) -> Note:
    groups = [group for group in live.groups.values() if now.arn in (group.policies or ())]
    people = {user for group in groups for user in group.members or ()}
    people |= {user.name for user in live.users.values() if now.arn in (user.policies or ())}
    reached = count(len(people), "user", "users") if people else "no user"
    holders = who_holds(now.arn, now.holders, live)
    message = f"a new version of {decl.name} changes what {reached} may do; {holders}"
    return Note("policy-reach", f"policy/{decl.name}", message, decl.position)


def _holds(others: Iterable[Change]) -> tuple[set[str], dict[str, set[str]]]:
    """Return the ARNs that somebody is to hold, and ARN -> the `group/G` and `user/U` that let go of it."""
    grants: set[str] = set()
    releases: dict[str, set[str]] = {}
    for change in others:
        if isinstance(change.fact, Attachment | Direct):
            if change.action == "delete":
                releases.setdefault(change.fact.arn, set()).update(change.names)
            else:
                grants.add(change.fact.arn)
    return grants, releases


def _removed(
    entry: Removed,
    now: LivePolicy | None,
    holds: tuple[set[str], dict[str, set[str]]],
    result: OwnedPolicies,
) -> None:
    subject = f"policy/{entry.name}"
    if now is None:
        message = f"policy {entry.name} does not exist any more; this entry can go"
        result.notes.append(Note("already-removed", subject, message, entry.position, "info"))
        return
    if _held(entry, now, holds, result) or not _known(now, entry, result):
        return
    if not _made_by(result.owner, now):
        if not entry.adopt:
            message = f"policy {entry.name} is to be removed, and {_whose(now)}"
            hint = "add `adopt: true` to this entry to delete it all the same, or take the entry out"
            result.problems.append(Problem(message, entry.position, hint, about=(subject,)))
            return
        result.notes.append(_adopted(entry, now, "goes"))
    if now.document is None and "iam:GetPolicyVersion" not in result.live.denied:
        result.documents.add(now.arn)  # for the journal: `undo` makes the policy again
    result.changes.extend(_deletion(entry, now))


def _held(
    entry: Removed, now: LivePolicy, holds: tuple[set[str], dict[str, set[str]]], result: OwnedPolicies
) -> bool:
    """Return whether somebody holds the policy after this plan, and say so."""
    grants, releases = holds
    subject = f"policy/{entry.name}"
    if now.arn in grants:
        hint = "take it out of the groups first, or drop the `removed` entry"
        message = f"policy {entry.name} is removed, and yet a group is to hold it"
        result.problems.append(Problem(message, entry.position, hint, about=(subject,)))
        return True
    released = releases.get(now.arn, set())
    left = None if now.holders is None else now.holders - len(released)
    if left != 0:
        holders = who_holds(now.arn, left, result.live, released)
        message = f"policy {entry.name} stays until nothing holds it: {holders} after this plan"
        result.notes.append(Note("still-held", subject, message, entry.position))
    return left != 0


def _deletion(entry: Removed, now: LivePolicy) -> Iterator[Change]:
    parts = parse_policy_arn(now.arn)
    name, path = (parts.name, parts.path) if parts else (entry.name, "/")
    for version in (now.versions or ())[1:]:
        fact = PolicyVersionFact(name, now.arn, version)
        yield Change("delete", fact, entry.position, "its policy is removed")
    gone = PolicyFact(name, path, now.arn, compact(now.document) if now.document else "")
    yield Change("delete", gone, entry.position, entry.reason or "removed")
