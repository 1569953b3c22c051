"""What incident response put on people stays, by whatever path a plan would take it; the rest is done."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.planning.containment import Containment
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import CONTAINMENT, Config, Member, Moved, Removed
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, at, config, group, live

DENY, LEAK, OWN = "aws:AWSDenyAll", "aws:AWSCompromisedKeyQuarantineV3", "local:freeze"
SETTINGS = {"containment": (*CONTAINMENT, "local:freeze", "inline:stop*", "group/jail")}
OVER = TODAY - timedelta(days=1)


def statement(effect: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "*", "Resource": "*"}]}


def account() -> LiveState:
    return live(
        {
            "quarantine": (["mallory", "ann"], [DENY, "aws:P"]),
            "cells": (["eve"], [OWN]),
            "jail": (["joe"], ["aws:P"]),
            "stopped": (["pat"], []),
            "devs": (["ann", "bob"], ["aws:P"]),
        },
        {"carol": [LEAK, "aws:P"]},
        inline={"stopped": ["stop-all", "other"]},
        documents={**dict.fromkeys((OWN, LEAK, DENY), statement("Deny")), "aws:P": statement("Allow")},
    )


ALL: dict[str, tuple[list[Any], list[str]]] = {
    "quarantine": (["mallory", "ann"], [DENY, "aws:P"]),
    "cells": (["eve"], [OWN]),
    "jail": (["joe"], ["aws:P"]),
    "stopped": (["pat"], []),
    "devs": (["ann", "bob"], ["aws:P"]),
}


def declared(**changed: tuple[list[Any], list[str]] | None) -> Config:
    """Declare the account as it is, but for these groups; None leaves one out."""
    groups = {**ALL, **changed}
    return config(*(group(name, *what) for name, what in groups.items() if what), settings=SETTINGS)


def lines(plan: Plan) -> list[str]:
    assert not plan.problems and not plan.to_read
    return [f"{change.symbol} {change.address}" for change in plan.changes]


def told(plan: Plan) -> dict[str, str]:
    return {
        note.subject: note.message.partition(". To take")[0]
        for note in plan.notes
        if note.code == "contained"
    }


LEFT_OUT = [
    (
        {"quarantine": (["ann"], [DENY, "aws:P"])},
        {"membership/quarantine/mallory": "mallory stays in quarantine, contained by aws:AWSDenyAll"},
    ),
    (
        {"quarantine": ([Member("mallory", at(3), expires=OVER), "ann"], [DENY, "aws:P"])},
        {"membership/quarantine/mallory": "mallory stays in quarantine, contained by aws:AWSDenyAll"},
    ),
    (
        {"quarantine": (["mallory", "ann"], ["aws:P"])},
        {
            "attachment/quarantine/aws:AWSDenyAll": (
                "group quarantine keeps aws:AWSDenyAll, which contains ann, mallory"
            )
        },
    ),
    (
        {"cells": ([], [])},
        {
            "membership/cells/eve": "eve stays in cells, contained by local:freeze",
            "attachment/cells/local:freeze": "group cells keeps local:freeze, which contains eve",
        },
    ),
    ({"jail": ([], ["aws:P"])}, {"membership/jail/joe": "joe stays in jail, contained by group/jail"}),
    ({"jail": (["joe"], [])}, {"attachment/jail/aws:P": "group jail keeps aws:P, which contains joe"}),
    ({"stopped": ([], [])}, {"membership/stopped/pat": "pat stays in stopped, contained by inline:stop-all"}),
]


@pytest.mark.parametrize(("changed", "kept"), LEFT_OUT)
def test_a_plan_leaves_it_out_says_whose_and_why_and_does_the_rest(
    changed: dict[str, Any], kept: dict[str, str]
) -> None:
    wanted = declared(**changed, devs=(["bob", Member("ann", at(4), expires=OVER)], ["aws:P"]))
    plan = make_plan(wanted, account(), TODAY)
    assert told(plan) == kept
    assert lines(plan) == ["- membership/devs/ann"]
    assert not any(finding.rule == "containment" for finding in guardrails.judge(plan, wanted, account()))


@pytest.mark.parametrize(("changed", "kept"), LEFT_OUT)
def test_the_command_line_puts_it_in_and_the_guardrail_says_what_it_lifted(
    changed: dict[str, Any], kept: dict[str, str]
) -> None:
    wanted = declared(**changed)
    free = replace(wanted, settings=replace(wanted.settings, containment=()))
    plan = make_plan(free, account(), TODAY)
    assert sorted(plan.by_address) == sorted(kept) and told(plan) == {}
    (finding,) = [f for f in guardrails.judge(plan, wanted, account()) if f.rule == "containment"]
    assert finding.blocking and finding.subjects == tuple(sorted(kept))


def test_inline_and_direct_policies_that_contain_stay_and_the_others_go() -> None:
    settings = {**SETTINGS, "inline_policies": "delete", "direct_policies": "detach_all"}
    wanted = config(
        group("stopped", ["pat"]), group("devs", ["ann", "bob", "carol"], ["aws:P"]), settings=settings
    )
    plan = make_plan(wanted, account(), TODAY)
    done = ["+ membership/devs/carol", "- direct/carol/aws:P", "- inline/group/stopped/other"]
    assert sorted(lines(plan)) == done
    assert told(plan) == {
        "inline/group/stopped/stop-all": "group stopped keeps its inline policy stop-all, which contains pat",
        f"direct/carol/{LEAK}": f"carol keeps {LEAK}, which contains them",
    }


def test_a_group_that_contains_somebody_is_not_deleted_and_another_is() -> None:
    gone = tuple(Removed("group", name, at(5)) for name in ("quarantine", "devs"))
    plan = make_plan(config(removed=gone, settings=SETTINGS), account(), TODAY)
    assert all("quarantine" not in line for line in lines(plan)) and "- group/devs" in lines(plan)
    assert told(plan) == {
        "group/quarantine": "group quarantine stays as it is: aws:AWSDenyAll contains ann, mallory"
    }


def test_a_rename_takes_nothing_and_neither_name_escapes() -> None:
    wanted = config(
        group("wing", [], ["aws:P"]),
        group("old", []),
        moved=(Moved("jail", "wing", at(6)),),
        settings=SETTINGS,
    )
    plan = make_plan(wanted, account(), TODAY)
    assert "~ group/wing" in lines(plan)
    assert told(plan) == {"membership/wing/joe": "joe stays in jail, contained by group/jail"}


def test_somebody_may_change_from_one_containing_group_to_another() -> None:
    state = account()
    both = replace(state.groups["cells"], policies=state.groups["quarantine"].policies)
    moved = replace(state, groups={**state.groups, "cells": both})
    held = [DENY, "aws:P"]
    plan = make_plan(declared(quarantine=(["ann"], held), cells=(["eve", "mallory"], held)), moved, TODAY)
    assert lines(plan) == ["+ membership/cells/mallory", "- membership/quarantine/mallory"]
    assert told(plan) == {}


def test_an_own_policy_that_contains_is_not_removed_while_it_holds_somebody() -> None:
    wanted = config(
        group("cells", ["eve"], []), removed=(Removed("policy", "freeze", at(7)),), settings=SETTINGS
    )
    plan = make_plan(wanted, account(), TODAY)
    assert lines(plan) == []
    assert "attachment/cells/local:freeze" in told(plan)


def test_everybody_who_is_contained_is_known_with_what_contains_them() -> None:
    assert Containment(declared(), account()).people == {
        "ann": {DENY},
        "carol": {LEAK},
        "eve": {"local:freeze"},
        "joe": {"group/jail"},
        "mallory": {DENY},
        "pat": {"inline:stop-all"},
    }
    assert Containment(config(), account()).people.keys() == {"ann", "carol", "mallory"}
