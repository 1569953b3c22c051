"""What is agreed to before several accounts are written to: by a person, or by the digest of a review."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from iamgroups.cli import output, present
from iamgroups.cli.options import Options
from iamgroups.errors import PreconditionError
from iamgroups.results.combined import Combined, OneAccount


class Agreed(NamedTuple):
    """What one account's plan was when it was agreed to; `shown` is its row for a reader."""

    digest: str
    ids: Mapping[str, str]
    changes: int
    shown: OneAccount


def only_expected(expected: str, planned: Combined, agreed: dict[str, Agreed]) -> dict[str, OneAccount]:
    """Leave what `--expect-digest` means: the whole, or one account. Raises: PreconditionError."""
    if planned.digest == expected:
        return {one.root: one for one in planned.accounts}
    named = next((one for one in planned.accounts if one.digest == expected), None)
    if named is None:
        whole = (
            f"is {planned.digest}" if planned.digest else "does not exist, for not every account has a plan"
        )
        raise PreconditionError(
            f"the digest of the whole {whole}, and no account has {expected}: the accounts or the "
            "configuration are not what they were when that plan was reviewed; nothing was changed. "
            "Plan again."
        )
    for root in agreed.keys() - {named.root}:
        del agreed[root]
    says = f"left alone: --expect-digest names the plan of {named.account}"
    others = (one for one in planned.accounts if one is not named)
    return {one.root: OneAccount(one.root, one.account, 0, says) for one in others} | {named.root: named}


def say_yes(planned: Combined, agreed: Mapping[str, Agreed], options: Options) -> bool:
    """Show the plans, ask, and tell whether somebody agrees."""
    from iamgroups.state.nouns import count

    rows = (agreed[one.root].shown if one.root in agreed else one for one in planned.accounts)
    present.combined_proposal(replace(planned, accounts=tuple(rows)), options)
    number = sum(one.changes for one in agreed.values())
    changes = "this change" if number == 1 else f"these {number:,} changes"
    where = count(len(agreed), "account", "accounts")
    output.show(f"Make {changes} in {where}? Only `yes` will do: ")
    return output.answer() == "yes"
