"""What a plan does with a file that does not hold everything."""

import pytest

from iamgroups.errors import AccountError
from iamgroups.planning.to_read import ToRead
from iamgroups.workflow.offline import Offline
from tests.accounts import arn, live


def test_a_document_of_aws_that_the_file_lacks_is_planned_without() -> None:
    account = live({"ops": (["ann"], ["aws:A"])})
    found = Offline(account, "s.json").complete(account, ToRead(documents=frozenset([arn("aws:A")])))
    assert found.frozen and found.groups == account.groups


@pytest.mark.parametrize(
    "missing",
    [
        ToRead(aws=frozenset(["aws:A2", "aws:A10"])),
        ToRead(details=frozenset([arn("aws:A10"), arn("aws:A2")])),
        ToRead(documents=frozenset([arn("aws:A10"), arn("aws:A2"), arn("local:own")])),
        ToRead(local=True, documents=frozenset([arn("aws:A10"), arn("aws:A2")])),
    ],
)
def test_anything_else_that_the_file_lacks_is_named_in_natural_order(missing: ToRead) -> None:
    with pytest.raises(
        AccountError, match=r"s\.json does not say .* aws:A2, aws:A10.*: take it with"
    ) as refused:
        Offline(live(), "s.json").complete(live(), missing)
    assert ("own policies" in str(refused.value)) == missing.local


def test_of_many_missing_policies_the_first_are_named() -> None:
    missing = ToRead(aws=frozenset(f"aws:P{number}" for number in range(1, 13)))
    with pytest.raises(AccountError, match="aws:P1, aws:P2, aws:P3, aws:P4, aws:P5 and 7 more: "):
        Offline(live(), "s.json").complete(live(), missing)
