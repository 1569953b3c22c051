"""Words that every format shares."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from iamgroups.errors import Position
from iamgroups.state import KINDS
from iamgroups.state.address import parse
from iamgroups.state.change import SYMBOLS, Change
from iamgroups.state.config import Config
from iamgroups.state.live import Account
from iamgroups.state.names import natural, policy_name
from iamgroups.state.nouns import count

if TYPE_CHECKING:
    from iamgroups.planning.note import Finding, Moment
    from iamgroups.results.validation import Validation

CUT_SHORT = (
    "`iamgroups plan -v` (or `show FILE -v`) lists every change, person and note, "
    "and `--format json` has everything."
)
LONG = 400  # characters of a message, when it is not shown whole


def noun_of(address: str) -> tuple[str, str]:
    """Return one and several of what an address names."""
    found = parse(address)
    if found is not None:
        return found.kind.nouns
    kind = address.partition("/")[0]
    return {"rule": ("broken rule", "broken rules"), "document": ("document", "documents")}.get(
        kind, ("other", "others")
    )


def label(change: Change) -> str:
    """Return `+ member alice`."""
    return f"{change.symbol} {change.fact.kind.nouns[0]} {change.fact.label}"


def located(change: Change) -> str:
    """Return `+ member alice (membership/devs/alice)`, for a change that stands under no heading."""
    return f"{label(change)} ({change.address})"


def tally(changes: Iterable[Change]) -> list[str]:
    """Return `+3 members`, `-1 group`, ...: creations first."""
    counts = Counter((change.action, change.fact.kind.nouns) for change in changes)
    return [
        f"{symbol}{count(counts[action, nouns], *nouns)}"
        for action, symbol in SYMBOLS.items()
        for nouns in dict.fromkeys(kind.nouns for kind in KINDS)
        if counts[action, nouns]
    ]


def policies(known: Iterable[str]) -> str:
    """Return the policies as people name them, comma separated and by name."""
    return ", ".join(sorted(map(policy_name, known), key=natural))


def people(names: Sequence[str], shown: int) -> str:
    """Return `alice, bob and 3 more`."""
    rest = len(names) - shown
    return f"{', '.join(names[:shown])} and {rest:,} more" if rest > 0 else ", ".join(names)


def problems(outcome: "Validation") -> str:
    """Return `2 problems`."""
    return count(len(outcome.problems), "problem", "problems")


def valid(config: Config) -> str:
    """Return the sentence that names a valid configuration."""
    groups = count(len(config.groups), "group", "groups")
    return f"{config.root} is valid: account {config.account_id}, {groups}."


def account(who: Account) -> str:
    """Return the line that says where we are: account, caller, and any endpoint that is not AWS's."""
    where = f" at {who.endpoint} (not AWS)" if who.endpoint else ""
    caller = f" as {who.caller_arn}" if who.caller_arn else ""
    return f"Account {who.id}{caller}{where}"


def moment(kind: str, users: Sequence[str], policy: str, until: Iterable[str], most: int) -> str:
    """Return `For a moment bob also holds aws:X. This lasts if membership/admins/bob fails`."""
    who, several, name = people(users, most), len(users) > 1, policy_name(policy)
    said = {
        "excess": f"{who} also {'hold' if several else 'holds'} {name}",
        "undenied": f"{name} does not deny {who} what it denies before or after",
        "loss": f"{who} {'do' if several else 'does'} not hold {name}",
    }
    ends = sorted(set(filter(None, until)))
    lasts = f". This lasts if {people(ends, most)} {'fail' if len(ends) > 1 else 'fails'}" if ends else ""
    return f"For a moment {said[kind]}{lasts}"


def alike_moments(moments: Iterable["Moment"]) -> dict[tuple[str, str], list["Moment"]]:
    """Return (kind, policy) -> the moments, in order."""
    found: dict[tuple[str, str], list[Moment]] = {}
    for entry in moments:
        found.setdefault((entry.kind, entry.policy), []).append(entry)
    return found


def shortened(message: str) -> str:
    """Return a message with a long list of names cut off; `-v`, JSON and saved plans have all of it."""
    if len(message) <= LONG:
        return message
    start = message[:LONG].rpartition(", ")[0]
    return f"{start} and more (`-v` names all)" if start else message


def standing(finding: "Finding") -> str:
    """Return what a finding means for an apply."""
    if not finding.blocking:
        return "warning"
    return "allowed" if finding.allowed else "blocked"


def where(positions: Iterable[Position | None]) -> str:
    """Return `file:line:column, ...` for the positions that are known."""
    return ", ".join(str(position) for position in positions if position)
