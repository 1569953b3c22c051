"""One side of a plan: what somebody holds, as far as it was read."""

from dataclasses import replace

import pytest

from iamgroups.access import Access
from tests.access.account import account


@pytest.mark.parametrize("half", ["policies", "inline"])
def test_a_group_or_a_user_that_is_half_read_holds_something_unread(half: str) -> None:
    live = account({"ops": (["ann"], ["ReadOnlyAccess"])}, {}, {"ann": []})
    group, user = live.groups["ops"], live.users["ann"]
    for key in ("policies", "inline"):
        unread = None if key == half else frozenset() if key == "policies" else {}
        group, user = replace(group, **{key: unread}), replace(user, **{key: unread})
    side = Access(replace(live, groups={"ops": group}, users={"ann": user}), ()).before
    held = [(each.policy.owner, each.group) for each in side.of_user(user) if each.document is None]
    assert held == [("group/ops", "ops"), ("user/ann", "")]
