from typing import Any

import pytest


def document(**statement: Any) -> Any:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"} | statement]}


@pytest.mark.parametrize(
    "action",
    ["*", "*:*", "iam:*", "IAM:Put*", "iam:AttachUserPolicy", "i*:Create*", "iam:?reateUser", "iam:pass*"],
)
def test_everything_and_iam_writes_are_warned_of(scene: Any, action: str) -> None:
    (finding,) = scene.own("p", document(Action=["s3:Get*", action])).judge()
    assert not finding.blocking
    assert finding.message.startswith(f"policy p allows {action}:")
    assert finding.positions == (scene.owned[0].position,)


@pytest.mark.parametrize(
    "action", ["s3:*", "iam:Get*", "iam:ListUsers", "iam:SimulatePrincipalPolicy", "iamx:Put"]
)
def test_other_actions_and_iam_reads_pass(scene: Any, action: str) -> None:
    assert scene.own("p", document(Action=action)).judge() == ()


def test_denying_everything_passes(scene: Any) -> None:
    assert scene.own("p", document(Effect="Deny", Action="*")).judge() == ()


def test_everything_but_something_is_warned_of(scene: Any) -> None:
    (finding,) = scene.own("p", document(NotAction=["s3:*"])).judge()
    assert "everything but s3:*" in finding.message


def test_everything_but_iam_passes(scene: Any) -> None:
    assert scene.own("p", document(NotAction=["iam:*", "sts:*"])).judge() == ()


def test_one_statement_without_a_list_is_read(scene: Any) -> None:
    body = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    assert scene.own("p", body).judge()
