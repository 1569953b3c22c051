"""What a guardrail is: its name, how it judges a plan, and the setting it reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from iamgroups.guardrails.context import Context
from iamgroups.planning.note import Finding
from iamgroups.state.config import Config

Setting = TypeVar("Setting")


def as_written(value: Any) -> Any:
    """Return a setting that needs no type of its own."""
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Guardrail(Generic[Setting]):
    """A rule. `judge` takes the plan in its context and the rule's setting, and yields findings.

    `schema` is the JSON schema of the setting, with its default. It is empty for a rule without a setting.
    `read` makes the setting from what was written: lists are tuples, texts are `NamePattern`s.
    """

    name: str
    judge: Callable[[Context, Setting], Iterator[Finding]]
    schema: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[[Any], Setting] = as_written

    def setting(self, config: Config) -> Setting:
        """Return the setting as the configuration has it, or its default."""
        return self.read(config.guardrails.get(self.name, self.schema.get("default", {})))
