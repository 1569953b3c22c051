"""Plan the inverse of what a journal says was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamgroups.applying.journal_reading import read_journal
from iamgroups.config import with_lines
from iamgroups.errors import AccountError, ConfigError, PreconditionError
from iamgroups.planning.inverse import Inverse, Made, inverse, to_read
from iamgroups.planning.lines import located
from iamgroups.planning.note import Note
from iamgroups.planning.order.arrange import arrange
from iamgroups.planning.plan import Plan
from iamgroups.results.review import Review
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import Account, LiveState, OnRead
from iamgroups.workflow.apply import check_digest
from iamgroups.workflow.plan import ROUNDS, Everything, Reader, Wanted, check_rules, everything, judged

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Undoing:
    """Which journal to undo. `remaining`: leave out what has moved since."""

    journal: str
    remaining: bool = False


def review(
    config: Config,
    reader: Reader,
    wanted: Wanted,
    past: Undoing,
    *,
    account: Account,
    expected: str = "",
    progress: OnRead | None = None,
) -> Review:
    """Plan what takes back the changes of a journal, and judge it like any plan.

    Raises: UsageError, AccountError, ConfigError; PreconditionError where the account has moved since.
    """
    check_rules(wanted.allowed)
    told = read_journal(past.journal, account.partition)
    if told.account != config.account_id:
        raise PreconditionError(
            f"{past.journal} is of account {told.account}, and {config.root} is for {config.account_id}"
        )
    whole = everything(config, reader, wanted.allowed, progress, account)
    live = _completed(told.made, whole.live, reader)
    found = inverse(told.made, config, live, whole.now)
    if found.moved and not past.remaining:
        raise PreconditionError(_moved(found, past.journal))
    plan = _plan(found, replace(whole, live=live), config, past.journal)
    if plan.problems:
        raise ConfigError(with_lines(plan.problems))
    check_digest(plan, expected)
    return judged(plan, config, live, reader, wanted, whole.now)


def _completed(made: Sequence[Made], live: LiveState, reader: Reader) -> LiveState:
    for _ in range(ROUNDS):
        missing = to_read(made, live)
        if not missing:
            return live
        live = reader.complete(live, missing)
    raise AccountError(f"IAM did not answer what undoing needs: {missing}")


def _moved(found: Inverse, journal: str) -> str:
    lines = [f"  {address}: {now}" for address, now in sorted(found.moved.items())]
    rest = [f"  and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
    listed = "\n".join([*lines[:SHOWN], *rest])
    return (
        f"the account is not as {journal} left it; nothing was changed:\n{listed}\n"
        "--remaining takes back the rest"
    )


def _plan(found: Inverse, whole: Everything, config: Config, journal: str) -> Plan:
    changes = [located(change, config) for change in found.changes]
    arranged = arrange(config, whole.live, changes)
    names = {name for change in changes for name in change.names}
    live = {f"group/{group.name}": group.id for group in whole.live.groups.values()}
    live |= {f"user/{user.name}": user.id for user in whole.live.users.values()}
    return Plan(
        account=whole.live.account,
        config_digest=config.digest,
        changes=arranged.changes,
        moments=arranged.moments,
        notes=(*_notes(found, journal), *_still_asked(arranged.changes, whole.plan)),
        problems=arranged.problems,
        ids={name: live[name] for name in sorted(names & live.keys())},
        only=f"what takes back {journal}",
    )


def _notes(found: Inverse, journal: str) -> Iterator[Note]:
    for said in sorted(set(found.said)):
        yield Note("not-exactly", journal, said)
    for address, now in sorted(found.moved.items()):
        yield Note("moved", address, f"left out, because the account has moved: {now}")


def _still_asked(changes: Sequence[Change], forward: Plan) -> Iterator[Note]:
    """Yield that the files ask for what is taken back, unless they have been reverted."""
    against = [one for one in changes if one.position and not _is_asked(one, forward)]
    files = sorted({one.position.file for one in against if one.position})
    if files:
        message = (
            "the files still ask for what this takes back, so the next apply makes it again. Revert their "
            f"commit: git log -- {' '.join(files)}"
        )
        yield Note("still-asked", files[0], message)


def _is_asked(change: Change, forward: Plan) -> bool:
    wanted = forward.by_address.get(change.address)
    return wanted is not None and wanted.action == change.action
