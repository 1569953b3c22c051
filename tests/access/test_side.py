"""One side of a plan: what somebody holds, as far as it was read."""

from dataclasses import replace

import pytest

from iamgroups.access import Access
from iamgroups.policy.size import compact
from iamgroups.state import PolicyFact
from iamgroups.state.change import Change
from tests.access.account import account, arn
from tests.policy.documents import document, statement


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


def test_a_version_is_named_on_the_side_where_it_is_known() -> None:
    tool = arn("tool")
    live = account({"ops": (["ann"], ["tool"])}, {"tool": document(statement("s3:GetObject"))})
    live = replace(live, policies={tool: replace(live.policies[tool], default_version="v3")})
    old = PolicyFact("tool", "/", tool, compact(live.policies[tool].document))
    new = replace(old, document=compact(document(statement("s3:*"))))
    access = Access(live, (Change("update", new, before=old),))
    assert (access.before.name(tool).version, access.after.name(tool).version) == ("v3", "")
