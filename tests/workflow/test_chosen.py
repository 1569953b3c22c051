"""What is run of a saved plan: nothing that nobody has seen, in an order made for it alone."""

from dataclasses import replace
from typing import Any

import pytest

from iamgroups.errors import PreconditionError
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import Config, PolicyDecl
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.workflow.saved import chosen
from tests.accounts import TODAY, arn, at, config, group, live

POLICIES = ["local:P", "local:Q"]


def again(saved: Plan, wanted: Config, account: LiveState) -> Plan:
    """Return what an apply of the saved plan would run by now."""
    return chosen(saved, make_plan(wanted, account, TODAY), wanted, account)


def test_an_unchanged_account_gives_the_saved_plan_back() -> None:
    account = live({"a": (["bob"], ["local:P"]), "b": ([], ["local:Q"])}, policies=POLICIES)
    wanted = config(group("a", [], ["local:P"]), group("b", ["bob"], []))
    saved = make_plan(wanted, account, TODAY)
    assert again(saved, wanted, account) == saved
    part = select_part(saved, wanted, account, groups=["a"])
    assert again(part, wanted, account) == part
    assert again(part, wanted, account).digest == part.digest


def test_an_exception_nobody_saw_is_refused() -> None:
    wanted = config(
        group("a", [], ["local:P"], attachments="additive"),
        group("b", ["bob"], ["local:Q"]),
        conflicts=[("a", "b")],
    )
    account = live({"a": (["bob"], ["local:P"]), "b": ([], ["local:Q"])}, policies=POLICIES)
    saved = make_plan(wanted, account, TODAY)
    assert saved.moments == ()
    since = live({"a": (["bob"], POLICIES), "b": ([], ["local:Q"])}, policies=POLICIES)
    with pytest.raises(PreconditionError) as error:
        again(saved, wanted, since)
    told = "For a moment bob does not hold local:Q, which the saved plan does not announce"
    assert told in str(error.value)
    assert error.value.exit_code == 4


def document(action: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]}


def holding(text: Any, version: str = "v1") -> LiveState:
    """Return an account whose policy tool, ours, has this document."""
    key = arn("local:tool")
    tags = {"managed-by": "iamgroups"}
    policy = LivePolicy(key, True, version, 1, text, (version,), tags)
    return replace(live({"devs": (["bob"], ["local:tool"])}), policies={key: policy})


OWNING = replace(
    config(group("devs", ["bob"], ["local:tool"])),
    policies=(PolicyDecl("tool", at(5), document("s3:*")),),
)


def test_a_document_that_was_changed_since_is_not_overwritten() -> None:
    saved = make_plan(OWNING, holding(document("s3:Get*")), TODAY)
    denied = holding(document("s3:*", "Deny"), "v2")
    with pytest.raises(PreconditionError, match="would now replace what nobody has reviewed"):
        again(saved, OWNING, denied)
    assert make_plan(OWNING, denied, TODAY).digest != saved.digest


def test_a_document_that_means_the_same_may_be_overwritten() -> None:
    saved = make_plan(OWNING, holding(document("s3:Get*")), TODAY)
    written = {**document("x"), "Statement": {"Action": ["S3:get*"], "Resource": ["*"], "Effect": "Allow"}}
    same = holding(written, "v2")
    assert [change.address for change in again(saved, OWNING, same).changes] == ["policy/tool"]
    assert make_plan(OWNING, same, TODAY).digest == saved.digest


def test_what_is_run_is_ordered_for_itself_alone() -> None:
    """By now c is to lose its P, which was not saved: bob keeps P through c, and must not lose it between."""
    account = live({"a": (["bob"], ["local:P"]), "c": ([], POLICIES)}, policies=POLICIES)
    before = config(group("a", [], ["local:P"]), group("c", ["bob"], POLICIES))
    saved = make_plan(before, account, TODAY)
    fresh = config(group("a", [], ["local:P"]), group("c", ["bob"], ["local:Q"]))
    run = again(saved, fresh, account)
    assert [change.address for change in run.changes] == ["membership/c/bob", "membership/a/bob"]
    assert run.changes == saved.changes
