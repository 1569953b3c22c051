"""Documents are sent without white space and with their Version first."""

from hypothesis import given
from hypothesis import strategies as st

from iamgroups.policy.size import compact, size


def test_the_version_is_sent_first() -> None:
    statement = {"Action": "*"}
    assert compact({"Statement": statement, "Version": "2012-10-17"}) == (
        '{"Version":"2012-10-17","Statement":{"Action":"*"}}'
    )
    assert compact({"Statement": statement}) == '{"Statement":{"Action":"*"}}'


@given(st.text())
def test_white_space_is_not_counted(text: str) -> None:
    assert size(text) == sum(not character.isspace() for character in text)
