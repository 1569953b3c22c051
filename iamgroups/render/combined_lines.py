"""Lines about many accounts that a terminal and a pull request share."""

from collections.abc import Iterator, Sequence

from iamgroups.render import wording
from iamgroups.results.combined import Combined, OneAccount
from iamgroups.state.nouns import count

NAMED = 3  # accounts of one outcome


def table(combined: Combined, full: bool) -> Iterator[tuple[str, str, str]]:
    """Yield how many accounts, which, and what is true of them; one account a row when `full`."""
    for says, accounts in combined.outcomes.items():
        if full:
            yield from (("1", name(one), one.says) for one in accounts)
        else:
            yield f"{len(accounts):,}", names(accounts), says


def name(one: OneAccount) -> str:
    """Return `123456789012 (accounts/prod)`, or the root alone where it cannot be read."""
    return f"{one.account} ({one.root})" if one.account else one.root


def names(accounts: Sequence[OneAccount]) -> str:
    """Return the first accounts, and how many more there are."""
    return wording.people([one.account or one.root for one in accounts], NAMED)


def title(combined: Combined) -> str:
    """Return how many accounts there are, and how many failed."""
    whole = count(len(combined.accounts), "account", "accounts")
    failed = len(combined.failed)
    return f"{combined.command}: {whole}, {failed:,} failed" if failed else f"{combined.command}: {whole}"


def heading(same: Sequence[OneAccount]) -> str:
    """Return which accounts a text is about."""
    if len(same) == 1:
        return name(same[0])
    return f"The same in {len(same):,} accounts: {names(same)}"
