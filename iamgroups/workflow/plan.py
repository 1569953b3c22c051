"""Read the account, plan against it, judge the plan."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from iamgroups import guardrails
from iamgroups.config import with_lines
from iamgroups.config.similar import did_you_mean
from iamgroups.errors import AccountError, ConfigError, PreconditionError, UsageError
from iamgroups.iam.parallel import both
from iamgroups.planning.note import Finding, Note
from iamgroups.planning.plan import Plan
from iamgroups.planning.to_read import ToRead
from iamgroups.results.review import Review
from iamgroups.state import InlineGroup
from iamgroups.state.config import Config
from iamgroups.state.live import Account, LiveState, OnRead
from iamgroups.state.names import fold
from iamgroups.state.term import Timing

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta
    from iamgroups.access.effects import PersonEffect

Names = Sequence[str] | None
ROUNDS = 10  # of reading what planning still asks for; four are known to be enough


class Reader(Protocol):
    """What planning needs of IAM; `iam.Connection` does it."""

    def identify(self) -> Account:
        """Return who we are to AWS."""

    def read(self, account: Account, progress: OnRead | None = None) -> LiveState:
        """Return the whole account."""

    def complete(self, live: LiveState, to_read: ToRead) -> LiveState:
        """Return the same, with what was still to be read."""

    def documents(self, live: LiveState, arns: Collection[str]) -> LiveState:
        """Return the same, with the documents of managed policies as far as they may be read."""

    def role_policies(self, role: str) -> frozenset[str] | None:
        """Return the ARNs of the managed policies attached to a role."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to plan: every change, or some groups' (`groups`), or of these only what `time` asks for.

    `excluded`: groups of which nothing is done. `access`: say what people gain and lose in actions, too.
    """

    groups: tuple[str, ...] = ()
    time: Timing = ""
    allowed: tuple[str, ...] = ()
    access: bool = False
    excluded: tuple[str, ...] = ()


def wanted(
    groups: Names, excluded: Names, allowed: Names, time: Timing = "", *, access: bool = False
) -> Wanted:
    """Return what to plan, of the options as typed."""
    return Wanted(tuple(groups or ()), time, tuple(allowed or ()), access, tuple(excluded or ()))


def plan(
    config: Config,
    reader: Reader,
    wanted: Wanted,
    progress: OnRead | None = None,
    account: Account | None = None,
) -> Review:
    """Read the account the configuration is for and plan against it; `account` is who `identify` found.

    Raises:
        PreconditionError: the credentials are for another account; nothing more was read.
        ConfigError: the account shows that the configuration is wrong (a member who does not exist).
        AccountError: IAM could not be read.
    """
    check_rules(wanted.allowed)
    whole = everything(config, reader, wanted.allowed, progress, account)
    part = _selected(whole.plan, config, whole.live, wanted)
    if part.problems:
        raise ConfigError(with_lines(part.problems))
    return judged(part, config, whole.live, reader, wanted, whole.now)


@dataclass(frozen=True)
class Everything:
    """The plan of everything, with its problems, made `now` (UTC) from a `live` account."""

    plan: Plan
    live: LiveState
    now: datetime


def everything(
    config: Config,
    reader: Reader,
    allowed: Collection[str] = (),
    progress: OnRead | None = None,
    account: Account | None = None,
) -> Everything:
    """Read the account and plan everything. Its problems do not stop it: a part may not touch them."""
    live = read_account(reader, account or identify(config, reader), progress)
    now = datetime.now(UTC)
    whole, live = complete_plan(_asked(config, allowed), live, reader, now)
    return Everything(_with_lock_note(whole, config), live, now)


def read_account(reader: Reader, account: Account, progress: OnRead | None = None) -> LiveState:
    """Read the account. It mostly waits for the network: in the meantime what plans is imported."""
    live, _ = both(lambda: reader.read(account, progress), lambda: import_module("iamgroups.planning.make"))
    return live


def _asked(config: Config, allowed: Collection[str]) -> Config:
    """Return what to plan by: containment is left alone, unless the command line allows to take it away."""
    if guardrails.CONTAINMENT not in allowed:
        return config
    return replace(config, settings=replace(config.settings, containment=()))


def identify(config: Config, reader: Reader) -> Account:
    """Return the account we are talking to. Raises: PreconditionError when it is not the configuration's."""
    account = reader.identify()
    if account.id != config.account_id:
        raise PreconditionError(
            f"the credentials ({account.caller_arn}) are for account {account.id}, and {config.root} "
            f"is for account {config.account_id}: nothing was read"
        )
    return account


def judged(  # noqa: PLR0917
    plan: Plan, config: Config, live: LiveState, reader: Reader, wanted: Wanted, now: datetime
) -> Review:
    """Return a plan with what the guardrails say of it and what it means for people."""
    asked = plan.changes and (wanted.access or guardrails.ask_access(config))
    delta = _access(plan, live, reader) if asked else None
    findings = guardrails.judge(plan, config, live, reader.role_policies, delta)
    return Review(
        plan=plan,
        created=now.replace(microsecond=0),
        findings=tuple(_marked(finding, wanted.allowed) for finding in findings),
        effects=_effects(plan, live),
        access=delta if wanted.access else None,
        ending=dict(_ending(plan, live)),
    )


def _effects(plan: Plan, live: LiveState) -> tuple["PersonEffect", ...]:
    if not plan.changes:
        return ()
    from iamgroups.access.effects import effects

    return effects(plan.changes, live)


def _ending(plan: Plan, live: LiveState) -> Iterator[tuple[str, Any]]:
    """Yield each inline policy that the plan ends, with its document where that was read."""
    for change in plan.changes:
        fact = change.fact_now
        ends = fact.kind is InlineGroup.kind and change.action == "delete"
        group = live.group(fact.values["group"]) if ends else None
        document = (group.inline or {}).get(fact.values["policy"]) if group else None
        if document is not None:
            yield change.address, document


def _access(plan: Plan, live: LiveState, reader: Reader) -> "AccessDelta":
    """Return what the plan gives and takes. The documents that this takes are read now."""
    from iamgroups.workflow.access import access_of

    return access_of(plan, live, reader)


def check_rules(names: Collection[str]) -> None:
    """Refuse an --allow that names no guardrail. Raises: UsageError."""
    for name in names:
        if name not in guardrails.NAMES:
            hint = did_you_mean(name, guardrails.NAMES) or f"there are {', '.join(guardrails.NAMES)}"
            raise UsageError(f"--allow {name}: no such guardrail; {hint}")


def complete_plan(config: Config, live: LiveState, reader: Reader, now: datetime) -> tuple[Plan, LiveState]:
    """Plan, reading what planning still asks for until it asks for nothing."""
    from iamgroups.planning.make import make_plan

    for _ in range(ROUNDS):
        made = make_plan(config, live, now)
        if not made.to_read:
            return made, live
        live = reader.complete(live, made.to_read)
    raise AccountError(f"IAM did not answer what planning needs: {made.to_read}")


def _selected(plan: Plan, config: Config, live: LiveState, wanted: Wanted) -> Plan:
    check_groups("--group", wanted.groups, config, live)
    check_groups("--exclude", wanted.excluded, config, live)
    if not (wanted.groups or wanted.excluded or wanted.time):
        return plan
    from iamgroups.planning.select import select_part

    return select_part(plan, config, live, groups=wanted.groups, excluded=wanted.excluded, time=wanted.time)


def check_groups(option: str, groups: Collection[str], config: Config, live: LiveState) -> None:
    """Refuse a name that is no group's, in the files or the account. Raises: UsageError."""
    names = [group.name for group in config.groups] + [group.name for group in live.groups.values()]
    known = {fold(name) for name in names}
    for name in groups:
        if fold(name) not in known:
            hint = did_you_mean(name, names)
            rest = f"; {hint}" if hint else ""
            raise UsageError(f"{option} {name}: no file declares this group and the account has none{rest}")


def _with_lock_note(plan: Plan, config: Config) -> Plan:
    if config.settings.lock or not plan.changes:
        return plan
    message = "applies are not protected across machines: settings.lock is not set"
    note = Note("no-lock", "settings.lock", message, config.settings.position, "info")
    return replace(plan, notes=(*plan.notes, note))


def _marked(finding: Finding, allowed: Collection[str]) -> Finding:
    return replace(finding, allowed=finding.blocking and finding.rule in allowed)
