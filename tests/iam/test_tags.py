"""Who created a policy is read from its tags."""

import json
from dataclasses import replace

from iamgroups.iam import connect
from iamgroups.planning.to_read import ToRead
from iamgroups.state import PolicyFact
from iamgroups.state.policy import OWNER_TAG

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}


def test_a_policy_we_create_says_so_and_one_without_tags_says_that_it_has_none(
    iam_endpoint, monkeypatch
) -> None:
    for name, value in iam_endpoint.environment().items():
        monkeypatch.setenv(name, value)
    connection = connect()
    account = connection.identify()
    ours = PolicyFact(
        "ours", "/", f"arn:aws:iam::{account.id}:policy/ours", json.dumps(DOCUMENT), made_by="payments"
    )
    connection.send(ours.create())
    theirs = replace_call(ours)
    iam_endpoint.iam.call("CreatePolicy", theirs)
    arns = frozenset({ours.arn, ours.arn.replace("ours", "theirs")})
    live = connection.complete(connection.read(account), ToRead(details=arns))
    assert live.policies[ours.arn].tags == {OWNER_TAG: "payments"}
    assert live.policies[ours.arn.replace("ours", "theirs")].tags == {}


def replace_call(ours: PolicyFact) -> dict[str, object]:
    params = dict(replace(ours, name="theirs").create().params)
    del params["Tags"]
    return params
