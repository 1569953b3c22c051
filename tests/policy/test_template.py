"""A template fills two names in, leaves IAM's own variables alone, and names every other brace."""

import json

from iamgroups.policy.template import filled, unknown

TEXT = json.dumps(
    {
        "Resource": ["arn:{partition}:s3:::logs-{account_id}/${aws:username}/*", "{account_id}"],
        "Empty": {},
        "Nested": {"a": [{}]},
    }
)


def test_both_names_are_filled_in_wherever_they_are_and_nothing_else_is() -> None:
    assert json.loads(filled(TEXT, "123456789012", "aws-cn")) == {
        "Resource": ["arn:aws-cn:s3:::logs-123456789012/${aws:username}/*", "123456789012"],
        "Empty": {},
        "Nested": {"a": [{}]},
    }


def test_other_names_are_found_with_their_places() -> None:
    text = '{"Resource": "{region}", "Sid": "{account_id}", "a": "${b} {Account_Id}"}'
    assert list(unknown(text)) == [(text.index("{region}"), "region"), (text.index("{Acc"), "Account_Id")]


def test_a_document_without_names_stays_as_it_is() -> None:
    text = '{"Statement":[{"Effect":"Allow"}]}'
    assert (filled(text, "1", "aws"), list(unknown(text))) == (text, [])
