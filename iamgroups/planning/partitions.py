"""Patterns of guardrails and of `settings.containment` that name another partition than the account's."""

from collections.abc import Iterator, Mapping
from typing import Any

from iamgroups.errors import Position, Problem
from iamgroups.state.config import Config, NamePattern
from iamgroups.state.live import Account
from iamgroups.state.names import fold


def of_another_partition(config: Config, account: Account) -> Iterator[Problem]:
    """Yield a problem for each pattern that matches nothing in this account: its rule would be silent."""
    contained = ((pattern, config.settings.position) for pattern in config.settings.containment)
    for pattern, position in (*_patterns(config.guardrails), *contained):
        prefix, _, rest = pattern.partition(":")
        partition, colon, _ = rest.partition(":")
        if (
            prefix == "arn"
            and colon
            and fold(partition) != account.partition
            and not set(partition) & set("*?[")
        ):
            message = f"{pattern} is of partition {partition}, account {account.id} of {account.partition}"
            yield Problem(message, position, "it matches nothing here: write arn:*:... for any partition")


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
