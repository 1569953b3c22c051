"""One command on many accounts: a few at a time, one report."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace

from iamgroups.cli import present
from iamgroups.cli.account import Status
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError, IamGroupsError
from iamgroups.results.combined import Combined, OneAccount

# The options of one account, whose `config` is its root -> what the command comes to there.
Work = Callable[[Options], OneAccount]
ACCOUNT = "{account_id}"  # in --role-arn: the account of the root
NOT_BEGUN = "not begun: --stop-after"


def run(command: str, work: Work, options: Options) -> int:
    """Do the work for each root, print one report, and return its exit code.

    An account that fails stops no other, until `--stop-after`.

    Raises: UsageError for a wrong `--shard`, or two roots for one account.
    """
    from iamgroups.config.roots import choose_roots

    chosen = choose_roots(options.roots, options.shard)
    done = _all(command, work, chosen, options)
    # In the order of the roots, whichever account was quicker.
    report = Combined(command, tuple(done[root] for root, _ in chosen))
    present.combined(report, options)
    return report.exit_code


def _all(
    command: str, work: Work, chosen: Sequence[tuple[str, str]], options: Options
) -> dict[str, OneAccount]:
    done = {root: OneAccount(root, account, 1, NOT_BEGUN, began=False) for root, account in chosen}
    status = Status(options.quiet)
    pool = ThreadPoolExecutor(options.parallel)
    try:
        futures = [pool.submit(_one, work, root, account, options) for root, account in chosen]
        finished = failed = 0
        for future in as_completed(futures):
            if future.cancelled():
                continue
            one = future.result()
            done[one.root] = one
            finished, failed = finished + 1, failed + one.failed
            status(f"{command}: {finished:,} of {len(chosen):,} accounts, {failed:,} failed")
            if options.stop_after and failed >= options.stop_after:
                _cancel(futures)
    finally:
        # A signal does not wait for accounts that are being read.
        pool.shutdown(wait=False, cancel_futures=True)
        status.end()
    return done


def _cancel(futures: Sequence[Future[OneAccount]]) -> None:
    for future in futures:
        future.cancel()


def _one(work: Work, root: str, account: str, options: Options) -> OneAccount:
    try:
        # Nobody can tell which of several accounts a question would be about.
        role = (options.role_arn or "").replace(ACCOUNT, account)
        return work(replace(options, config=root, role_arn=role, quiet=True, asking=False))
    except ConfigError as error:
        first, more = str(error.problems[0]).splitlines()[0], len(error.problems) - 1
        return OneAccount(root, account, error.exit_code, f"{first} (and {more} more)" if more else first)
    except IamGroupsError as error:
        return OneAccount(root, account, error.exit_code, str(error).splitlines()[0])
