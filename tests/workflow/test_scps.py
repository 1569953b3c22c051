"""An SCP in a file is one that AWS takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from iamgroups.errors import UsageError
from iamgroups.workflow.understanding import asked

DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def ask(tmp_path: Path, *statements: Any) -> None:
    (tmp_path / "scp.json").write_text(json.dumps([{"Version": "2012-10-17", "Statement": list(statements)}]))
    asked("s3:GetObject", "", [], False, [str(tmp_path / "scp.json")])


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ({"Condition": {"StringEqual": {"a:b": "c"}}}, "condition operator 'StringEqual' does not exist"),
        ({"Resource": "arn:aws:s3::b"}, "'arn:aws:s3::b' has 5 parts of 6"),
        ({"Action": "s*:GetObject"}, "'s*:GetObject' is not an action"),
    ],
)
def test_an_scp_that_aws_refuses_gives_no_answer(element: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"scp\.json: AWS refuses the document: ") as caught:
        ask(tmp_path, {**DENY, **element})
    assert told in str(caught.value)


def test_an_scp_that_aws_takes_is_asked(tmp_path: Path) -> None:
    ask(tmp_path, DENY, {"Effect": "Allow", "Action": "*", "Resource": "*"})
