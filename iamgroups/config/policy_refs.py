"""Policy references, checked as far as the files alone allow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iamgroups.config.merge import Merged
from iamgroups.config.similar import did_you_mean
from iamgroups.config.source_file import quoted
from iamgroups.config.tree import Node
from iamgroups.errors import Position, Problem
from iamgroups.state.config import PolicyRef
from iamgroups.state.names import fold, parse_policy_arn


@dataclass
class PolicyRefs:
    """Turns nodes into PolicyRefs and collects problems. `paths`: folded owned policy -> its path."""

    merged: Merged
    account_id: str
    problems: list[Problem]
    paths: dict[str, str] = field(default_factory=dict)
    partition: tuple[str, Position] | None = None
    seen: set[str] = field(default_factory=set)

    def ref(self, node: Node) -> PolicyRef:
        """Return the reference at a node."""
        if node.value not in self.seen:
            found = list(self._check(node))
            self.problems.extend(found)
            if not found:
                self.seen.add(node.value)
        return PolicyRef(node.value, node.position)

    def _check(self, node: Node) -> Iterator[Problem]:
        if node.value.startswith("arn:"):
            yield from self._arn(node)
        elif node.value.startswith("local:"):
            path, slash, name = node.value.removeprefix("local:").rpartition("/")
            yield from self._own(node, name, f"/{path.strip('/')}/".replace("//", "/") if slash else None)

    def _arn(self, node: Node) -> Iterator[Problem]:
        arn = parse_policy_arn(node.value)
        if arn is None:
            yield node.problem(f"{quoted(node.value)} is not a policy", "an ARN has 20 to 2048 characters")
            return
        if arn.owner == "aws" and arn.path.startswith("/aws-service-role/"):
            hint = "it belongs to a service-linked role; grant what is needed with another policy"
            yield node.problem(f"{quoted(arn.name)} cannot be attached to a group or a user", hint)
        if arn.owner not in ("aws", self.account_id) and self.account_id:
            message = f"this policy is of account {arn.owner}, the configuration is for {self.account_id}"
            yield node.problem(message, f"write local:{arn.name} for this account's policy of that name")
        yield from self._partition(node, arn.partition, "aws:Name fits any")
        if arn.owner == self.account_id:
            yield from self._own(node, arn.name, arn.path)

    def note_partitions(self, found: Mapping[str, Node]) -> None:
        """Compare the partitions that a document names, each with a resource, with that of the account."""
        for partition, node in found.items():
            self.problems += self._partition(node, partition, "arn:*:... fits any")

    def _partition(self, node: Node, found: str, way_out: str) -> Iterator[Problem]:
        if self.partition is None:
            self.partition = (found, node.position)
        elif self.partition[0] != found:
            first, where = self.partition
            message = f"this ARN is of partition {found}, the one at {where} of {first}"
            yield node.problem(message, f"an account is in one partition; {way_out}")

    def _own(self, node: Node, name: str, path: str | None) -> Iterator[Problem]:
        declared = self.paths.get(fold(name))
        if None not in (declared, path) and declared != path:
            message = f"policy {quoted(name)} is declared at path {declared}, not {path}"
            yield node.problem(message, f"write local:{name}")
        for entry in self.merged.lists["removed"]:
            if fold(entry.value.get("policy", "")) == fold(name):
                message = f"policy {quoted(name)} is to be removed, says {entry.position}"
                yield node.problem(message, "keep one of the two")

    def unknown(self, node: Node, section: str, kind: str) -> Problem | None:
        """Return a problem when a set or team of that name is declared nowhere."""
        if self.merged.declares(section, node.value):
            return None
        names = list(self.merged.names[section].values())
        # Looking for likenesses is slow, and nobody reads the hint of the 200th problem.
        close = did_you_mean(node.value, names) if len(self.problems) < 200 else None
        hint = close or (
            f"declared are: {', '.join(sorted(names)[:8])}" if names else f"declare it under {section}"
        )
        return node.problem(f"no {kind} {quoted(node.value)} is declared", hint)
