"""What is run of a saved plan: nothing that nobody has seen, in an order made for it alone."""

import pytest

from iamgroups.errors import PreconditionError
from iamgroups.planning import Plan, make_plan, select_part
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.workflow.saved import chosen
from tests.accounts import TODAY, config, group, live

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
    assert "For a moment bob does not hold local:Q, which the saved plan does not announce" in str(
        error.value
    )
    assert error.value.exit_code == 4


def test_what_is_run_is_ordered_for_itself_alone() -> None:
    """By now c is to lose its P, which was not saved: bob keeps P through c, and must not lose it between."""
    account = live({"a": (["bob"], ["local:P"]), "c": ([], POLICIES)}, policies=POLICIES)
    before = config(group("a", [], ["local:P"]), group("c", ["bob"], POLICIES))
    saved = make_plan(before, account, TODAY)
    fresh = config(group("a", [], ["local:P"]), group("c", ["bob"], ["local:Q"]))
    run = again(saved, fresh, account)
    assert [change.address for change in run.changes] == ["membership/c/bob", "membership/a/bob"]
    assert run.changes == saved.changes
