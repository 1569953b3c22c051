"""What `import --convert` makes of the inline policies of groups: owned managed policies."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from iamgroups.config.imported import FirstPlan, chosen
from iamgroups.config.imported_policies import refusal
from iamgroups.planning.to_read import ToRead
from iamgroups.policy.grants import Grant, as_2012, grants_of
from iamgroups.state.live import LiveGroup, LivePolicy, LiveState
from iamgroups.state.names import fold, is_aws_managed
from iamgroups.workflow.plan import Reader


def converted(live: LiveState, reader: Reader, names: Collection[str]) -> tuple[LiveState, FirstPlan]:
    """Give groups managed policies with the documents of their inline ones. Equal documents are one policy.

    Returns the account after the first plan, and what that plan does.
    Raises: UsageError when there is no such group, AccountError where policies cannot be listed.
    """
    groups = [group for group in chosen(live, names) if group.inline]
    if groups and not live.local_listed:
        live = reader.complete(live, ToRead(local=True))
    converting = _Converting(live)
    for group in groups:
        converting.convert(group)
    return converting.result()


class _Converting:
    """The account as far as it is converted, and the new policies: grants -> ARN."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._groups = dict(live.groups)
        self._policies = dict(live.policies)
        self._made: dict[frozenset[Grant], str] = {}
        self._taken = {fold(arn.rpartition("/")[2]) for arn in live.policies if not is_aws_managed(arn)}
        self._converted: set[str] = set()
        self._ended = 0
        self._remarks: list[str] = []

    def result(self) -> tuple[LiveState, FirstPlan]:
        """Return the account, and what the first plan does."""
        live = replace(self._live, groups=self._groups, policies=self._policies)
        return live, FirstPlan(
            ended=self._ended,
            converted=frozenset(self._converted),
            made=frozenset(self._made.values()),
            remarks=tuple(self._remarks),
        )

    def convert(self, group: LiveGroup) -> None:
        """Give one group its new policies, or say why its inline policies stay."""
        inline = dict(group.inline or {})
        documents = {
            name: as_2012(document) for name, document in sorted(inline.items()) if self._fits(group, name)
        }
        most = self._live.quotas.get("AttachedPoliciesPerGroupQuota", 10)
        held = group.policies or frozenset()
        if group.policies is None or len(held) + len(set(map(grants_of, documents.values()))) > most:
            has = (
                f"{len(held)} of {most} managed policies"
                if group.policies is not None
                else "policies nobody could read"
            )
            self._remarks.append(f"{group.name}: it has {has}, so its inline policies stay")
            return
        if documents:
            arns = {self._policy(group.name, name, document) for name, document in documents.items()}
            left = {name: document for name, document in inline.items() if name not in documents}
            self._groups[fold(group.name)] = replace(group, policies=held | arns, inline=left)
            self._converted.add(group.name)
            self._ended += len(documents)

    def _fits(self, group: LiveGroup, name: str) -> bool:
        """Tell whether a managed policy can have a document; say why not."""
        document = (group.inline or {}).get(name)
        why = "its document could not be read"
        if isinstance(document, dict) and document:
            why = refusal(as_2012(document), f"{name}.json", self._live.account.partition)
        if why:
            self._remarks.append(f"{group.name}: its inline policy {name} stays, because {why}")
        return not why

    def _policy(self, group: str, name: str, document: Any) -> str:
        """Return the ARN of the new policy with a document."""
        grants = grants_of(document)
        if grants not in self._made:
            account = self._live.account
            arn = f"arn:{account.partition}:iam::{account.id}:policy/{self._free_name(group, name)}"
            self._made[grants] = arn
            self._policies[arn] = LivePolicy(arn, document=document)
        return self._made[grants]

    def _free_name(self, group: str, name: str) -> str:
        """Return a name that no policy of the account has, at most 128 characters long."""
        number, found = 1, name
        while fold(found) in self._taken:
            ending = f"-{number}" if number > 1 else ""
            found = f"{group}-{name}"[: 128 - len(ending)] + ending
            number += 1
        self._taken.add(fold(found))
        return found
