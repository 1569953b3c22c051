"""What an import accepts: all that the account has and the imported files do not declare."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iamgroups.config.writer import Data
from iamgroups.policy.meaning import digest
from iamgroups.state.live import LiveGroup, LiveState, LiveUser
from iamgroups.state.names import NAME, fold, parse_policy_arn, short

FILE = "accepted.yaml"
REASON = "found at import"
ABOUT = (
    "What the account has and no file declares. `iamgroups drift` does not fail for it.\n"
    "Mend one thing at a time, and take its line out: this file is meant to shrink."
)


def found_at_import(live: LiveState, declared: Sequence[LiveGroup]) -> list[Data]:
    """Return entries of `accepted`, one a policy, for an account of which these groups are declared."""
    names = {fold(group.name) for group in declared}
    others = [group for key, group in sorted(live.groups.items()) if key not in names]
    return [{**entry, "reason": REASON} for entry in _entries(live, others)]


def _entries(live: LiveState, others: Sequence[LiveGroup]) -> Iterator[Mapping[str, Data]]:
    if others:
        yield {"match": [f"group/{group.name}" for group in others]}
    attached = _by((short(arn), group.name) for group in others for arn in _policies(group))
    yield from ({"attachment": policy, "groups": groups} for policy, groups in attached)
    direct = _by((short(arn), user.name) for user in live.users.values() for arn in _policies(user))
    yield from ({"direct": policy, "users": users} for policy, users in direct)
    for people, owners in (("groups", live.groups.values()), ("users", live.users.values())):
        inline = _by(
            ((policy, _digest(document)), owner.name)
            for owner in owners
            for policy, document in (owner.inline or {}).items()
            if NAME.fullmatch(policy)
        )
        for (policy, document), names in inline:
            yield {"inline": policy, people: names, **({"document": document} if document else {})}


def _policies(owner: LiveGroup | LiveUser) -> list[str]:
    """Return the managed policies of a group or user that a configuration can name."""
    return [arn for arn in owner.policies or () if parse_policy_arn(arn) is not None]


def _digest(document: Any) -> str:
    """Return the digest that `accepted` has; "" for a document that was not read."""
    return f"sha256:{digest(document)}" if document is not None else ""


def _by(pairs: Iterator[tuple[Any, str]]) -> list[tuple[Any, list[str]]]:
    """Return each key with its names, both in order."""
    found: dict[Any, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return [(key, sorted(found[key], key=fold)) for key in sorted(found)]
