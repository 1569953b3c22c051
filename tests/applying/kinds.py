"""One change of every kind, with the account it is for."""

from collections.abc import Callable
from typing import NamedTuple

from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from tests.applying.account import Account

AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN = "arn:aws:iam::123456789012:policy/own"
OLD, NEW = '{"Version":"2012-10-17","Statement":[]}', '{"Version":"2012-10-17","Statement":{}}'


class Kind(NamedTuple):
    change: Change
    account: Callable[[], Account]


def _with(*facts: object, **fields: object) -> Callable[[], Account]:
    def make() -> Account:
        return Account(groups={"g": "/"}, facts=set(facts), **fields)  # type: ignore[arg-type]

    return make


KINDS = {
    "create group": Kind(Change("create", GroupFact("new", "/")), _with()),
    "create policy": Kind(Change("create", PolicyFact("own", "/", OWN, NEW, made_by="iamgroups")), _with()),
    "attach": Kind(Change("create", Attachment("g", AWS)), _with()),
    "add member": Kind(Change("create", Membership("g", "u")), _with()),
    "rename group": Kind(Change("update", GroupFact("h", "/"), before=GroupFact("g", "/")), _with()),
    "move group": Kind(Change("update", GroupFact("g", "/a/"), before=GroupFact("g", "/")), _with()),
    "new version": Kind(
        Change("update", PolicyFact("own", "/", OWN, NEW), before=PolicyFact("own", "/", OWN, OLD)),
        lambda: Account(groups={"g": "/"}, policies={OWN: [OLD]}),
    ),
    "remove member": Kind(Change("delete", Membership("g", "u")), _with(Membership("g", "u"))),
    "detach": Kind(Change("delete", Attachment("g", AWS)), _with(Attachment("g", AWS))),
    "detach direct": Kind(Change("delete", Direct("u", AWS)), _with(Direct("u", AWS))),
    "delete inline": Kind(Change("delete", InlineGroup("g", "i")), _with(InlineGroup("g", "i"))),
    "delete version": Kind(
        Change("delete", PolicyVersionFact("own", OWN, "v1")), _with(PolicyVersionFact("own", OWN, "v1"))
    ),
    "delete policy": Kind(
        Change("delete", PolicyFact("own", "/", OWN, OLD)),
        lambda: Account(groups={"g": "/"}, policies={OWN: [OLD]}),
    ),
    "delete group": Kind(Change("delete", GroupFact("g", "/")), _with()),
}
