"""How names are read and compared."""

import pytest

from iamgroups.state.names import short


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::aws:policy/job-function/Billing", "aws:Billing"),
        ("arn:aws-cn:iam::aws:policy/Billing", "aws:Billing"),
        ("arn:aws:iam::123456789012:policy/ops/deploy", "local:deploy"),
        ("arn:aws:iam::123456789012:policy/x::aws:/deploy", "local:deploy"),
    ],
)
def test_the_short_name_of_a_policy_tells_whose_it_is(arn: str, name: str) -> None:
    assert short(arn) == name
