"""The facts an IAM account is made of, and the writes that make or end each. Must not do I/O.

One file per resource kind; `Fact` is all of them. State is a flat set of these facts: live IAM is one
set, the configuration another, and a plan is their difference.
"""

from iamgroups.state.attachment import Attachment
from iamgroups.state.call import Call
from iamgroups.state.direct import Direct
from iamgroups.state.group import GroupFact
from iamgroups.state.inline import InlineGroup, InlineUser
from iamgroups.state.membership import Membership
from iamgroups.state.policy import PolicyFact, PolicyVersionFact

Fact = (
    GroupFact | Attachment | Membership | Direct | InlineGroup | InlineUser | PolicyFact | PolicyVersionFact
)

__all__ = [
    "Attachment",
    "Call",
    "Direct",
    "Fact",
    "GroupFact",
    "InlineGroup",
    "InlineUser",
    "Membership",
    "PolicyFact",
    "PolicyVersionFact",
]
