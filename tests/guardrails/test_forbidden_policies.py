from typing import Any

import pytest

IAM = "aws:IAMFullAccess"


@pytest.fixture(autouse=True)
def _forbidden(scene: Any) -> None:
    scene.rails["forbidden_policies"] = (scene.pattern(IAM, 9),)


def test_other_policies_pass(scene: Any) -> None:
    assert scene.live("devs").declare("devs", policies=["aws:IAMReadOnlyAccess"]).judge() == ()


def test_attaching_it_blocks_at_its_line(scene: Any) -> None:
    (finding,) = scene.live("devs").declare("devs", policies=["aws:Other", IAM]).judge()
    assert finding.blocking
    assert finding.message == "devs would hold aws:IAMFullAccess, which is forbidden"
    assert finding.positions == (scene.declared[0].policies[1].position,)
    assert finding.subjects == ("attachment/devs/aws:IAMFullAccess",)


@pytest.mark.parametrize("pattern", ["local:/ops/deploy", "local:ops/deploy", "local:/ops/*", "local:deploy"])
def test_a_policy_with_a_path_is_meant_however_its_path_is_written(scene: Any, pattern: str) -> None:
    scene.rails["forbidden_policies"] = (scene.pattern(pattern, 9),)
    (finding,) = scene.live("devs").declare("devs", policies=["local:ops/deploy"]).judge()
    assert finding.blocking


def test_a_new_group_with_it_blocks(scene: Any) -> None:
    assert scene.declare("devs", ["a"], [IAM]).judge()[0].blocking


def test_one_that_was_there_is_a_warning_at_the_line_that_declares_it(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], [IAM]).declare("devs", ["a"], [IAM]).judge()
    assert not finding.blocking
    assert finding.message == "devs holds aws:IAMFullAccess, which is forbidden"
    assert finding.positions == (scene.declared[0].policies[0].position,)


def test_one_in_an_undeclared_group_is_a_warning_at_the_guardrail(scene: Any) -> None:
    (finding,) = scene.live("old", ["a"], [IAM]).judge()
    assert not finding.blocking
    assert finding.positions == (scene.pattern(IAM, 9).position,)


def test_many_groups_that_had_it_are_one_warning_that_names_all(scene: Any) -> None:
    for name in "abcdefg":
        scene.live(name, policies=[IAM])
    (finding,) = scene.judge()
    assert finding.message == "a, b, c, d, e, f and g hold aws:IAMFullAccess, which is forbidden"
    assert len(finding.subjects) == 7


def test_taking_it_away_repairs_while_people_join(scene: Any) -> None:
    assert scene.live("devs", ["a"], [IAM]).declare("devs", ["a", "b"], []).judge() == ()


def test_a_member_leaving_a_group_that_has_it_is_only_warned_of(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a", "b"], [IAM]).declare("devs", ["a"], [IAM]).judge()
    assert not finding.blocking


def test_more_people_holding_it_worsens_what_was_there(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], [IAM]).declare("devs", ["a", "b"], [IAM]).judge()
    assert finding.blocking
    assert finding.message == "devs gains 1 member and holds aws:IAMFullAccess, which is forbidden"
    assert finding.positions == (scene.declared[0].members[1].position,)


def test_a_rename_of_a_group_that_has_it_is_only_warned_of(scene: Any) -> None:
    scene.live("devs", ["a"], [IAM]).move("devs", "developers").declare("developers", ["a"], [IAM])
    (finding,) = scene.judge()
    assert not finding.blocking


def test_people_who_hold_it_directly_are_a_warning(scene: Any) -> None:
    (finding,) = scene.holds("zoe", IAM).judge()
    assert not finding.blocking
    assert finding.message == "zoe holds aws:IAMFullAccess directly, which is forbidden"
    assert finding.subjects == ("direct/zoe/aws:IAMFullAccess",)


@pytest.mark.parametrize(
    "name",
    [
        "aws:*FullAccess",
        "AWS:iamfullaccess",
        "arn:aws:iam::aws:policy/IAMFullAccess",
        "arn:aws:iam::aws:policy/*",
        "IAMFullAccess",
        "*",
    ],
)
def test_names_arns_and_globs_match_ignoring_case(scene: Any, name: str) -> None:
    scene.rails["forbidden_policies"] = (scene.pattern(name),)
    assert scene.declare("devs", policies=[IAM]).judge()[0].blocking


@pytest.mark.parametrize("name", ["local:IAMFullAccess", "local:*", "aws:IAM", "aws:FullAccess"])
def test_other_names_do_not_match(scene: Any, name: str) -> None:
    scene.rails["forbidden_policies"] = (scene.pattern(name),)
    assert scene.declare("devs", policies=[IAM]).judge() == ()


def test_people_joining_a_group_whose_policies_are_unknown_block(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], None).declare("devs", ["a", "b"]).judge()
    assert finding.blocking
    assert finding.message == "cannot tell what devs may do: policies could not be read"
    assert finding.positions == (scene.declared[0].members[1].position,)


def test_unknown_policies_are_a_warning_while_nobody_joins(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], None).judge()
    assert not finding.blocking
