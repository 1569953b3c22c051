"""Make the files say what the account has, where drift says that they differ. Nothing is written here."""

import json
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from iamgroups import config, guardrails
from iamgroups.config.mentions import read_files
from iamgroups.config.similar import did_you_mean
from iamgroups.errors import BlockedError, UsageError
from iamgroups.planning.drift import Difference
from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_addresses
from iamgroups.state import Attachment, Membership
from iamgroups.state.address import parse
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState, OnRead
from iamgroups.state.names import fold
from iamgroups.workflow import fingerprints
from iamgroups.workflow.accept import shown
from iamgroups.workflow.drift import Basis, Compared, compare
from iamgroups.workflow.files import Rewritten
from iamgroups.workflow.from_account import FromAccount, is_direct
from iamgroups.workflow.plan import Reader, Wanted, check_rules, complete_plan, identify, judged

SHOWN = 5


@dataclass(frozen=True)
class Adoption:
    """How to adopt: the reason for what is kept or accepted, and the guardrails to override."""

    reason: str
    allowed: tuple[str, ...] = ()


def adopt(
    root: str, addresses: Sequence[str], reader: Reader, terms: Adoption, progress: OnRead | None = None
) -> Rewritten:
    """Edit the files so that no plan changes these addresses, and every other one stays as it is.

    Raises: ConfigError, UsageError, BlockedError, PreconditionError, AccountError; nothing is changed then.
    """
    check_rules(terms.allowed)
    loaded, files = config.load(root), read_files(root)
    live = reader.read(identify(loaded, reader), progress)
    at = Basis(datetime.now(UTC), fingerprints.noted(loaded))
    before = compare(loaded, live, reader, at)
    chosen = _chosen(addresses, before)
    scope = _scope(chosen, before)
    kept: frozenset[str] = frozenset()
    while True:
        maker = FromAccount(loaded, files, before, terms.reason, kept)
        made, rewritten = _edited(root, maker, chosen)
        after = compare(made, before.live, reader, at)
        ended = {one.address for one in chosen if is_direct(one.address)} & after.plan.by_address.keys()
        if not ended - kept:
            break
        kept |= ended  # an edit covers a direct policy, which a plan would then detach
    _check_outcome(before, after, scope)
    _check_guardrails(made, before, after, scope, reader, terms)
    return rewritten


def _chosen(addresses: Sequence[str], before: Compared) -> list[Difference]:
    known = {fold(one.address): one for one in before.drift.differences}
    found: dict[str, Difference] = {}
    for address in addresses:
        one = known.get(fold(address))
        if one is None:
            hint = did_you_mean(address, [other.address for other in known.values()])
            raise UsageError(
                f"drift does not know {address}: {hint or '`iamgroups drift` lists the addresses'}"
            )
        found[one.address] = one
    return list(found.values())


def _scope(chosen: Collection[Difference], before: Compared) -> frozenset[str]:
    """Return the addresses asked for, folded, with all that is in a group that comes or goes as a whole."""
    whole = {
        fold(one.address.partition("/")[2])
        for one in chosen
        if one.address.startswith("group/") and one.kind in ("extra", "missing")
    }
    known = [*(one.address for one in before.drift.differences), *before.plan.by_address]
    inside = {address for address in known if _group_of(address) in whole and "inline" not in address[:6]}
    return frozenset(fold(address) for address in {*inside, *(one.address for one in chosen)})


def _group_of(address: str) -> str:
    found = parse(address)
    return fold(found.names.get("group", "")) if found else ""


def _edited(root: str, maker: FromAccount, chosen: Sequence[Difference]) -> tuple[Config, Rewritten]:
    """Return what the files would mean, and their texts. Raises: ConfigError, UsageError."""
    edits = maker.run(chosen)
    texts = edits.new | maker.files.edited(edits.edits)  # a file is there before it is included
    return config.load(root, texts), Rewritten(dict(shown(maker.files, texts)), tuple(maker.said))


def _check_outcome(before: Compared, after: Compared, scope: Set[str]) -> None:
    """Refuse edits that leave a difference that was asked for, or change another. Raises: UsageError."""
    left = {c.address for c in after.plan.changes if fold(c.address) in scope}
    left |= {one.address for one in after.drift.new if fold(one.address) in scope and one.kind != "broken"}
    if left:
        raise UsageError(
            f"nothing was changed: after the edit {_some(left, before)} would still differ. Edit it by hand"
        )
    was, now = _others(before, scope), _others(after, scope)
    other = {address for key in was.items() ^ now.items() for address in key[:1]}
    if other:
        what = f"the edit would also change what a plan does to {_some(other, before)}"
        raise UsageError(f"nothing was changed: {what}. Adopt that too, or edit by hand")


def _others(compared: Compared, scope: Set[str]) -> Mapping[str, str]:
    """Return address -> what a plan or drift says of it, of all that was not asked for."""
    found: dict[str, list[object]] = {}
    for change in compared.plan.changes:
        call = change.call
        found.setdefault(change.address, []).append([change.action, call.operation, dict(call.params)])
    for one in compared.drift.differences:
        found.setdefault(one.address, []).append([one.kind, one.accepted is not None])
    for problem in compared.drift.problems:
        found.setdefault(problem.message, []).append("problem")
    return {key: json.dumps(value, sort_keys=True) for key, value in found.items() if fold(key) not in scope}


def _some(addresses: Collection[str], before: Compared) -> str:
    """Return the first few addresses, each with the line of the files that is about it."""
    lines = {one.address: one.position for one in before.drift.differences if one.position}
    shown = [f"{one} ({lines[one]})" if one in lines else one for one in sorted(addresses)[:SHOWN]]
    rest = len(addresses) - SHOWN
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def _check_guardrails(  # noqa: PLR0917
    made: Config, before: Compared, after: Compared, scope: Set[str], reader: Reader, terms: Adoption
) -> None:
    """Refuse what a guardrail would block if an apply of the new files made it. Raises: BlockedError."""
    now = after.terms.now
    plan, live = complete_plan(made, _without(before, scope), reader, now)
    wanted = {change.address for change in plan.changes if fold(change.address) in scope}
    part = replace(select_addresses(plan, made, live, wanted), problems=())
    findings = [one for one in judged(part, made, live, reader, Wanted(), now).findings if one.blocking]
    as_it_is = Plan(plan.account, plan.config_digest)
    findings += [one for one in guardrails.judge(as_it_is, made, after.live) if _is_about_direct(one, scope)]
    blocking = [finding for finding in findings if finding.rule not in terms.allowed]
    if blocking:
        lines = "\n".join(f"  {finding.rule}: {finding.message}" for finding in blocking)
        allow = " ".join(f"--allow {rule}" for rule in sorted({finding.rule for finding in blocking}))
        raise BlockedError(f"nothing was changed: a guardrail forbids it\n{lines}\nTo override: {allow}")


def _is_about_direct(finding: Finding, scope: Set[str]) -> bool:
    return any(is_direct(subject) and fold(subject) in scope for subject in finding.subjects)


def _without(before: Compared, scope: Set[str]) -> LiveState:
    """Return the account as it would be without what is to be adopted: as a plan of it would begin."""
    live = before.live
    new = {one.address for one in before.drift.differences if one.kind == "extra"}
    groups = {
        key: group
        for key, group in live.groups.items()
        if f"group/{key}" not in scope or f"group/{group.name}" not in new
    }
    for change in before.plan.changes:
        fact = change.fact_now
        group = groups.get(fold(fact.values.get("group", "")))
        if group is None or fold(change.address) not in scope:
            continue
        if fact.kind is Membership.kind and group.members is not None:
            groups[fold(group.name)] = replace(group, members=group.members ^ {fact.values["user"]})
        elif fact.kind is Attachment.kind and group.policies is not None:
            groups[fold(group.name)] = replace(group, policies=group.policies ^ {fact.values["arn"]})
    return replace(live, groups=groups)
