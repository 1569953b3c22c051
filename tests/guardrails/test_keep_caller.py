from dataclasses import replace
from typing import Any

import pytest

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ROLE = "arn:aws:sts::123456789012:assumed-role/deployer/run-17"


@pytest.fixture(autouse=True)
def _caller(scene: Any) -> None:
    scene.rails["keep_caller"] = True
    scene.caller = "arn:aws:iam::123456789012:user/platform/ada"


def test_taking_from_others_passes(scene: Any) -> None:
    scene.live("admins", ["ada", "bob"]).live("devs", ["bob"], ["aws:A"])
    assert scene.declare("admins", ["ada"]).declare("devs", ["bob"], []).judge() == ()


def test_taking_the_callers_membership_blocks(scene: Any) -> None:
    (finding,) = scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge()
    assert finding.blocking
    assert finding.message == "takes from ada, who applies it: membership/admins/ada"
    assert finding.positions == (scene.declared[0].members_position,)


@pytest.mark.parametrize("path", ["a:root/", "a:b/", "x:user/y/", "x:assumed-role/deployer/"])
def test_a_caller_whose_path_holds_colons_is_known(scene: Any, path: str) -> None:
    scene.caller = f"arn:aws:iam::123456789012:user/{path}ada"
    (finding,) = scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge()
    assert finding.message == "takes from ada, who applies it: membership/admins/ada"


def test_detaching_from_the_callers_group_blocks(scene: Any) -> None:
    (finding,) = scene.live("admins", ["ada"], ["aws:A"]).declare("admins", ["ada"], []).judge()
    assert finding.subjects == ("attachment/admins/aws:A",)


def test_deleting_the_callers_group_blocks(scene: Any) -> None:
    (finding,) = scene.live("admins", ["ada"], ["aws:A"]).remove("admins").judge()
    assert finding.subjects == ("attachment/admins/aws:A", "membership/admins/ada")


def test_deleting_an_inline_policy_of_the_callers_group_blocks(scene: Any) -> None:
    scene.settings = replace(scene.settings, inline_policies="delete")
    (finding,) = scene.live("admins", ["ada"], inline=["p"]).declare("admins").judge()
    assert finding.blocking


def test_renaming_the_callers_group_passes(scene: Any) -> None:
    scene.live("admins", ["ada"], ["aws:A"]).move("admins", "root").declare("root", ["ada"], ["aws:A"])
    assert scene.judge() == ()


def test_taking_from_the_callers_renamed_group_blocks(scene: Any) -> None:
    scene.live("admins", ["ada"], ["aws:A"]).move("admins", "root").declare("root", ["ada"], [])
    assert scene.judge()[0].blocking


def test_a_covered_direct_policy_of_the_caller_may_go(scene: Any) -> None:
    scene.live("admins", ["ada"], ["aws:A"]).holds("ada", "aws:A").declare("admins", ["ada"], ["aws:A"])
    assert scene.plan().changes
    assert scene.judge() == ()


def test_an_uncovered_direct_policy_of_the_caller_blocks(scene: Any) -> None:
    scene.settings = replace(scene.settings, direct_policies="detach_all")
    (finding,) = scene.live("admins", ["ada"]).holds("ada", "aws:A").declare("admins", ["ada"]).judge()
    assert finding.subjects == ("direct/ada/aws:A",)


def test_a_new_version_of_what_the_user_holds_is_a_warning(scene: Any) -> None:
    scene.own("tools", OTHER, before=DOCUMENT)
    (finding,) = scene.live("admins", ["ada"], ["local:tools"]).judge()
    assert not finding.blocking
    assert finding.subjects == ("policy/tools",)


def test_a_new_version_of_what_the_user_holds_directly_is_a_warning(scene: Any) -> None:
    scene.own("tools", OTHER, before=DOCUMENT).own("others", OTHER, before=DOCUMENT)
    (finding,) = scene.live("admins", ["ada"]).holds("ada", "local:tools").judge()
    assert not finding.blocking
    assert finding.message == "changes policies ada, who applies it, holds: policy/tools"


def test_the_rule_can_be_switched_off(scene: Any) -> None:
    scene.rails["keep_caller"] = False
    assert scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge() == ()


def test_detaching_while_the_members_are_unknown_blocks(scene: Any) -> None:
    (finding,) = scene.live("admins", None, ["aws:A"]).declare("admins", policies=[]).judge()
    assert finding.blocking
    assert finding.message.startswith("cannot tell whether ada")


def test_root_cannot_lock_itself_out(scene: Any) -> None:
    scene.caller = "arn:aws:iam::123456789012:root"
    assert scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge() == ()


def test_a_federated_user_cannot_be_judged(scene: Any) -> None:
    scene.caller = "arn:aws:sts::123456789012:federated-user/ada"
    (finding,) = scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge()
    assert finding.blocking
    assert finding.message.startswith("cannot tell")


class TestARole:
    @pytest.fixture(autouse=True)
    def _role(self, scene: Any) -> None:
        scene.caller = ROLE
        scene.own("tools", OTHER, before=DOCUMENT)

    def test_a_new_version_of_a_policy_it_holds_blocks(self, scene: Any) -> None:
        asked = []

        def attached(role: str) -> frozenset[str]:
            asked.append(role)
            return frozenset({scene.arn("local:tools")})

        (finding,) = scene.judge(attached)
        assert asked == ["deployer"]
        assert finding.blocking
        assert finding.message == ("changes what the role deployer, which applies it, may do: policy/tools")
        assert finding.positions == (scene.owned[0].position,)

    def test_a_policy_it_does_not_hold_passes(self, scene: Any) -> None:
        assert scene.judge(lambda role: frozenset({scene.arn("local:other")})) == ()

    def test_it_is_not_asked_for_when_no_owned_policy_changes(self, scene: Any) -> None:
        scene.owned.clear()

        def attached(role: str) -> frozenset[str]:
            raise AssertionError(role)

        assert scene.live("admins", ["ada", "bob"]).declare("admins", ["bob"]).judge(attached) == ()

    @pytest.mark.parametrize("denied", [None, lambda role: None])
    def test_a_role_that_cannot_be_read_is_no_pass(self, scene: Any, denied: Any) -> None:
        (finding,) = scene.judge(denied)
        assert finding.blocking
        assert finding.message == (
            "cannot tell whether the role deployer, which applies it, holds local:tools: "
            "iam:ListAttachedRolePolicies is missing"
        )
