"""IAM finds a name whatever its case: the files may spell it in another."""

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import Config, Moved, PolicyDecl, PolicyRef, UserDecl
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, arn, at, config, group, live

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
SPELLINGS = [("ann", "ANN"), ("Ann", "ann")]


def planned(wanted: Config, account: LiveState) -> Plan:
    plan = make_plan(wanted, account, TODAY)
    assert not plan.to_read and not plan.problems
    return plan


@pytest.mark.parametrize(("as_iam_has_it", "as_written"), SPELLINGS)
def test_what_a_user_keeps_directly_is_kept(as_iam_has_it: str, as_written: str) -> None:
    account = live({"devs": ([as_iam_has_it], ["aws:P"])}, {as_iam_has_it: ["aws:P"]})
    kept = UserDecl(as_written, at(3), (PolicyRef("aws:P", at(3)),), "break-glass")
    assert planned(config(group("devs", ["ann"], ["aws:P"]), users=(kept,)), account).changes == ()


@pytest.mark.parametrize(("as_iam_has_it", "as_written"), [("tool", "TOOL"), ("Tool", "tool")])
def test_an_owned_policy_is_the_one_that_exists(as_iam_has_it: str, as_written: str) -> None:
    account = live(documents={f"local:ops/{as_iam_has_it}": DOCUMENT})
    declared = PolicyDecl(as_written, at(5), DOCUMENT, "/ops/")
    assert planned(config(policies=(declared,)), account).changes == ()


@pytest.mark.parametrize(
    ("as_iam_has_it", "as_written"), [("readonly", "ReadOnly"), ("ReadOnly", "readonly")]
)
def test_a_whole_arn_is_sent_as_iam_spells_it(as_iam_has_it: str, as_written: str) -> None:
    account = live({"ops": ([], [])}, policies=[f"aws:{as_iam_has_it}"])
    (change,) = planned(config(group("ops", [], [arn(f"aws:{as_written}")])), account).changes
    assert change.call.params["PolicyArn"] == arn(f"aws:{as_iam_has_it}")


@pytest.mark.parametrize("names", [("approvers", "submitters"), ("Approvers", "SUBMITTERS")])
@pytest.mark.parametrize("conflict", [("approvers", "submitters"), ("APPROVERS", "Submitters")])
def test_duties_are_kept_apart(names: tuple[str, str], conflict: tuple[str, str]) -> None:
    left, joined = names
    account = live({left: (["ann"], ["aws:P"]), joined: ([], ["aws:P"])})
    wanted = config(
        group("approvers", [], ["aws:P"]), group("submitters", ["ann"], ["aws:P"]), conflicts=[conflict]
    )
    plan = planned(wanted, account)
    assert plan.by_address[f"membership/{joined}/ann"].needs == (f"membership/{left}/ann",)


def test_duties_are_kept_apart_when_a_group_moves() -> None:
    account = live({"approvers": (["ann"], ["aws:P"]), "submitters": ([], ["aws:P"])})
    wanted = config(
        group("pay-approvers", [], ["aws:P"]),
        group("submitters", ["ann"], ["aws:P"]),
        moved=(Moved("APPROVERS", "Pay-Approvers", at(3)),),
        conflicts=[("approvers", "submitters")],
    )
    plan = planned(wanted, account)
    assert plan.by_address["membership/submitters/ann"].needs == ("membership/pay-approvers/ann",)


@pytest.mark.parametrize("asked", ["devs", "DEVS"])
@pytest.mark.parametrize("name", ["devs", "Devs"])
def test_a_group_is_selected(name: str, asked: str) -> None:
    account = live({name: ([], []), "ops": ([], [])}, users=["ann"])
    wanted = config(group("devs", ["ann"]), group("ops", ["ann"]))
    part = select_part(planned(wanted, account), wanted, account, groups=[asked])
    assert [change.address for change in part.changes] == [f"membership/{name}/ann"]
