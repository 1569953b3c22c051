"""One command on many accounts: a few at a time, one report."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from iamgroups.cli import present
from iamgroups.cli.account import Status
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError, IamGroupsError
from iamgroups.results.combined import Combined, OneAccount
from iamgroups.results.validation import Validation

if TYPE_CHECKING:
    from iamgroups.applying import Stop

# The options of one account, whose `config` is its root -> what the command comes to there.
Work = Callable[[Options], OneAccount]
Chosen = Sequence[tuple[str, str]]  # each root with its account
ACCOUNT = "{account_id}"  # in --role-arn: the account of the root
NOT_BEGUN = "not begun: --stop-after"
STOPPED = "stopped by a signal: nothing was sent"
LEFT = "stopped by a signal before it ended: its journal, if it has one, tells what was sent"
PATIENCE = 10.0  # seconds after a signal for accounts that are being written to; they need about six
M_ARENA_MAX = -8  # of malloc.h
TICK = 0.2  # seconds after which a stop is noticed at the latest


def run(command: str, work: Work, options: Options) -> int:
    """Do the work for each root, print one report, and return its exit code.

    An account that fails stops no other, until `--stop-after`.

    Raises: UsageError for a wrong `--shard`, or two roots for one account.
    """
    chosen = choose(options)
    report = combine(command, chosen, each(command, work, chosen, options))
    present.combined(report, options)
    return report.exit_code


def choose(options: Options) -> Chosen:
    """Return the roots of this run. Raises: UsageError."""
    from iamgroups.config.roots import choose_roots

    return choose_roots(options.roots, options.shard)


def with_shared(options: Options) -> Options:
    """Return the options with a place for what is read once for all accounts."""
    from iamgroups.iam import Shared

    return options if options.shared else replace(options, shared=Shared())


def clear(out: str, kind: str, options: Options) -> None:
    """Prepare the folder of `--out` for one file an account of this run. Raises: UsageError."""
    if out:
        from iamgroups.workflow import account_files

        account_files.clear(out, kind, [account for _, account in choose(options) if account])


def combine(command: str, chosen: Chosen, done: Mapping[str, OneAccount]) -> Combined:
    """Return the report, in the order of the roots, whichever account was quicker."""
    return Combined(command, tuple(done[root] for root, _ in chosen))


def each(
    command: str, work: Work, chosen: Chosen, options: Options, stop: "Stop | None" = None
) -> dict[str, OneAccount]:
    """Return what the work comes to for each root. After a `stop` no more roots begin."""
    turns = _Turns(work, chosen, options)
    status, failed = Status(options.quiet), 0
    done: dict[str, OneAccount] = {}
    try:
        for one in turns.ended(stop):
            done[one.root] = one
            failed += one.failed
            status(f"{command}: {len(done):,} of {len(chosen):,} accounts, {failed:,} failed")
            if options.stop_after and failed >= options.stop_after:
                turns.close()
    finally:
        turns.close()
        status.end()
    return done | {one.root: one for one in turns.missing(done, stop)}


class _Turns:
    """The accounts of a run, each on one of a few daemon threads: none keeps the process from ending."""

    def __init__(self, work: Work, chosen: Chosen, options: Options) -> None:
        self._work = work
        self._chosen = chosen
        self._options = with_shared(options)
        self._waiting: SimpleQueue[tuple[str, str]] = SimpleQueue()
        self._ended: SimpleQueue[OneAccount | BaseException | None] = SimpleQueue()
        self._closed = threading.Event()
        self._begun: set[str] = set()
        for turn in chosen:
            self._waiting.put(turn)

    def close(self) -> None:
        """Let no more accounts begin."""
        self._closed.set()

    def ended(self, stop: "Stop | None") -> Iterator[OneAccount]:
        """Begin, and yield the accounts as they end. After a stop those that hang are waited for a little."""
        _share_heaps()
        left = min(self._options.parallel, len(self._chosen))
        for _ in range(left):
            threading.Thread(target=self._take_turns, daemon=True, name="iamgroups-account").start()
        until: float | None = None
        while left and (until is None or time.monotonic() < until):
            with suppress(Empty):
                one = self._ended.get(timeout=TICK)
                if isinstance(one, BaseException):
                    raise one
                if one is None:
                    left -= 1
                else:
                    yield one
            if stop and stop.reason and until is None:
                self.close()
                until = time.monotonic() + PATIENCE

    def missing(self, done: Mapping[str, OneAccount], stop: "Stop | None") -> Iterator[OneAccount]:
        """Yield the accounts that did not begin, or did not end after a stop."""
        code, why = (130, STOPPED) if stop and stop.reason else (1, NOT_BEGUN)
        for root, account in self._chosen:
            if root not in done:
                begun = root in self._begun
                yield OneAccount(root, account, code, LEFT if begun else why, began=begun)

    def _take_turns(self) -> None:
        try:
            with suppress(Empty):
                while not self._closed.is_set():
                    root, account = self._waiting.get_nowait()
                    self._begun.add(root)
                    self._ended.put(_one(self._work, root, account, self._options))
        except BaseException as error:  # noqa: BLE001  a thread cannot raise: `ended` does
            self._ended.put(error)
        self._ended.put(None)


def _share_heaps() -> None:
    """Let all threads share two heaps: glibc gives each its own, which costs 20 MB in gaps (measured)."""
    import ctypes

    with suppress(AttributeError, OSError):  # another C library has no such setting
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _one(work: Work, root: str, account: str, options: Options) -> OneAccount:
    # Nobody can tell which of several accounts a question would be about.
    role = (options.role_arn or "").replace(ACCOUNT, account)
    own = replace(options, config=root, role_arn=role, quiet=True, asking=False)
    try:
        return work(own)
    except ConfigError as error:
        outcome = Validation(problems=error.problems)
        first, more = str(error.problems[0]).splitlines()[0], len(error.problems) - 1
        says = f"{first} (and {more:,} more)" if more else first
        text = present.text_of(lambda form, look: form.validation(outcome, look), own)
        return OneAccount(root, account, error.exit_code, says, text)
    except IamGroupsError as error:
        first, *more_lines = str(error).splitlines()
        told = error  # a name for the lambda: Python forgets `error` after the clause
        whole = more_lines or options.format == "json"
        text = present.text_of(lambda form, look: form.failure(told, look), own) if whole else ""
        return OneAccount(root, account, error.exit_code, first, text)
