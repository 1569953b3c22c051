"""The facts an IAM account is made of, and the writes that make or end each.

One file per kind of fact, in which the kind describes itself; `KINDS` is all of them. State is a flat set of
facts: live IAM is one set, the configuration another, and a plan is their difference.
"""

from iamgroups.state.attachment import Attachment
from iamgroups.state.call import Call
from iamgroups.state.direct import Direct
from iamgroups.state.group import GroupFact
from iamgroups.state.inline import InlineGroup, InlineUser
from iamgroups.state.kind import Fact, Kind
from iamgroups.state.membership import Membership
from iamgroups.state.policy import PolicyFact, PolicyVersionFact

# In the order in which they are told.
FACTS: tuple[type[Fact], ...] = (
    GroupFact,
    PolicyFact,
    PolicyVersionFact,
    Attachment,
    InlineGroup,
    InlineUser,
    Membership,
    Direct,
)
KINDS: tuple[Kind, ...] = tuple(fact.kind for fact in FACTS)

__all__ = [
    "FACTS",
    "KINDS",
    "Attachment",
    "Call",
    "Direct",
    "Fact",
    "GroupFact",
    "InlineGroup",
    "InlineUser",
    "Kind",
    "Membership",
    "PolicyFact",
    "PolicyVersionFact",
]
