"""`iamgroups sandbox`: serve the embedded IAM until stopped."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.running import INTERRUPTED
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.sandbox.account import StrictIam
    from iamgroups.sandbox.cloud import Cloud


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 5000,
    seed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="What `aws iam get-account-authorization-details` printed; again for more accounts. "
            "Default: a sample.",
        ),
    ] = None,
    chaos: Annotated[
        str, typer.Option(metavar="FILE", help="Misbehave as this file says: throttle, lose answers, ...")
    ] = "",
) -> int:
    """Serve an IAM of your own on loopback.

    It is as strict as AWS, and nothing of it is real. Export what it prints to use it.
    """
    require_moto()
    from iamgroups.sandbox.chaos.file import read_chaos
    from iamgroups.sandbox.server import serve
    from iamgroups.state.nouns import count

    with serve(_cloud(seed or ()), port, chaos=read_chaos(Path(chaos)) if chaos else None) as serving:
        for name, value in serving.environment().items():
            output.emit(f"export {name}={value}")
        more = len(serving.cloud.accounts) - 1
        rest = f" and {count(more, 'other', 'others')} answer" if more else " answers"
        output.say(f"Account {serving.iam.account_id}{rest} at {serving.url}; Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            serving.wait()
    return INTERRUPTED


def require_moto() -> None:
    """Refuse without the extra the embedded IAM needs. Raises: UsageError."""
    if find_spec("moto") is None:
        raise UsageError(
            "the embedded IAM needs the extra sandbox: pip install '.[sandbox]' in a checkout of iamgroups"
        )


def _cloud(seeds: Sequence[str]) -> "Cloud":
    """Return the account of each seed, the first one at home. Raises: UsageError for two of one account."""
    from iamgroups.sandbox.cloud import Cloud
    from iamgroups.sandbox.sample_account import sample
    from iamgroups.sandbox.seed import read_seed

    found: dict[str, tuple[str, StrictIam]] = {}
    for seed in seeds:
        account = read_seed(Path(seed))
        first, _ = found.setdefault(account.account_id, (seed, account))
        if first != seed:
            raise UsageError(f"{first} and {seed} are both of account {account.account_id}: seed it once")
    accounts = [account for _, account in found.values()] or [sample()]
    return Cloud(accounts[0], accounts[1:])
