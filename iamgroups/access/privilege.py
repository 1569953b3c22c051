"""Why a set of policies is privileged: it makes an administrator, or opens a way to more access."""

from collections.abc import Collection
from dataclasses import dataclass, field

from iamgroups.access.escalation import Escalation
from iamgroups.access.powers import PowerReader, powers, united
from iamgroups.catalogue import Catalogue
from iamgroups.state.live import LiveState
from iamgroups.state.names import short


@dataclass(frozen=True)
class Privilege:
    """Judges policies of one account by their documents."""

    live: LiveState
    catalogue: Catalogue
    _reader: PowerReader = field(init=False)
    _escalation: Escalation = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_reader", PowerReader(self.catalogue))
        object.__setattr__(self, "_escalation", Escalation(self.catalogue))

    def of(self, arns: Collection[str]) -> str:
        """Return why these policies together are privileged, in a few words; "" where they are not.

        A policy whose document is not known counts as privileged.
        """
        known = {arn: self.live.policies.get(arn) for arn in arns}
        documents = {arn: policy.document for arn, policy in known.items() if policy}
        read = {arn: self._reader.read(documents.get(arn)) for arn in arns}
        unread = sorted(short(arn) for arn, document in read.items() if document.unread)
        if unread:
            return f"the document of {unread[0]} is not known"
        can = powers(united(read.values()))
        if self._escalation.is_administrator(can):
            return "administrator"
        ways = self._escalation.ways(can)
        rest = f" and {len(ways) - 1} more" if len(ways) > 1 else ""
        return f"can escalate: {ways[0].method.id}{rest}" if ways else ""
