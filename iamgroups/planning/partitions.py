"""Patterns of guardrails and of `settings.containment` that name another partition than the account's."""

from collections.abc import Iterator, Mapping
from typing import Any

from iamgroups.errors import Position, Problem
from iamgroups.state.config import Config, NamePattern
from iamgroups.state.live import Account
from iamgroups.state.names import fold


def of_another_partition(config: Config, account: Account) -> Iterator[Problem]:
    """Yield a problem for each pattern that matches nothing in this account: its rule would be silent.

    Not where the same pattern is there for this partition: files may serve accounts of several.
    """
    contained = ((pattern, config.settings.position) for pattern in config.settings.containment)
    found = [(pattern, at, *_parted(pattern)) for pattern, at in (*_patterns(config.guardrails), *contained)]
    here = {rest for *_, partition, rest in found if partition == account.partition}
    for pattern, position, partition, rest in found:
        if partition not in ("", account.partition) and rest not in here:
            message = f"{pattern} is of partition {partition}, account {account.id} of {account.partition}"
            yield Problem(message, position, "it matches nothing here: write arn:*:... for any partition")


def _parted(pattern: str) -> tuple[str, str]:
    """Return the partition, and what follows it; no partition where it is no ARN, or a pattern."""
    prefix, _, after = pattern.partition(":")
    partition, colon, rest = after.partition(":")
    is_one = fold(prefix) == "arn" and colon and not set(partition) & set("*?[")
    return (fold(partition), fold(rest)) if is_one else ("", "")


def _patterns(setting: Any) -> Iterator[tuple[str, Position]]:
    """Yield each name or pattern in a setting with its place, keys of mappings included."""
    if isinstance(setting, NamePattern):
        yield setting
    elif isinstance(setting, Mapping):
        for key, value in setting.items():
            yield from (*_patterns(key), *_patterns(value))
    elif isinstance(setting, tuple):
        for each in setting:
            yield from _patterns(each)
