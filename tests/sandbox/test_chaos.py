"""Every fault of a chaos file, as boto3 meets it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from iamgroups.errors import UsageError
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import load_chaos, read_chaos
from iamgroups.sandbox.chaos.faults import Interference
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.request_log import LoggedRequest, replay
from iamgroups.sandbox.server import Serving
from tests.sandbox.test_server import code, connect

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
Chaotic = Callable[..., Serving]


def impatient(endpoint: Serving) -> Any:
    config = Config(read_timeout=0.7, retries={"mode": "standard", "total_max_attempts": 1})
    keys = {"aws_access_key_id": "dummy", "aws_secret_access_key": "dummy"}
    return boto3.client("iam", endpoint_url=endpoint.url, region_name="us-east-1", config=config, **keys)


def outcomes(call: Callable[..., Any], count: int, **params: Any) -> list[str]:
    from botocore.exceptions import ClientError

    found = []
    for _ in range(count):
        try:
            call(**params)
            found.append("ok")
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


def test_a_token_bucket_throttles_what_comes_too_fast(chaos_endpoint: Chaotic, strict_iam: StrictIam) -> None:
    endpoint = chaos_endpoint(
        {"fault": "throttle", "rate": 0.001, "burst": 3, "operations": ["Create*", "Get*"]}
    )
    iam = connect(endpoint, "iam")
    assert outcomes(iam.get_account_summary, 4) == ["ok", "ok", "ok", "Throttling"]
    assert code(iam.create_group, GroupName="g") == ("Throttling", 400)
    assert strict_iam.store.groups == {}
    iam.list_users()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"code": "ServiceUnavailable"}, 503),
        ({"code": "InternalFailure"}, 500),
        ({"code": "ConcurrentModification"}, 409),
        ({"code": "LimitExceeded", "message": "Cannot exceed quota"}, 409),
        ({"code": "AccessDenied"}, 403),
        ({"code": "ExpiredToken"}, 403),
        ({"code": "TooManyRequests", "status": 429}, 429),
    ],
)
def test_any_refusal_can_be_asked_for(chaos_endpoint: Chaotic, fault: dict[str, Any], status: int) -> None:
    endpoint = chaos_endpoint({"fault": "error", "operations": ["CreateGroup"], "nth": [2], **fault})
    iam = connect(endpoint, "iam")
    iam.create_group(GroupName="first")
    assert code(iam.create_group, GroupName="second") == (fault["code"], status)
    iam.create_group(GroupName="second")
    assert [entry.faults for entry in endpoint.log.entries] == [[], ["error"], []]


def test_a_call_behind_a_500_may_have_been_done(chaos_endpoint: Chaotic, strict_iam: StrictIam) -> None:
    endpoint = chaos_endpoint({"fault": "error", "code": "ServiceFailure", "applied": True})
    assert code(connect(endpoint, "iam").create_group, GroupName="g") == ("ServiceFailure", 500)
    assert "g" in strict_iam.store.groups
    entry = endpoint.log.entries[0]
    assert (entry.applied, entry.status) == (1, 500)


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("fault", ["reset", "silence"])
def test_an_answer_is_lost_before_or_after_the_call_was_done(
    chaos_endpoint: Chaotic, strict_iam: StrictIam, fault: str, applied: bool
) -> None:
    endpoint = chaos_endpoint({"fault": fault, "applied": applied, "kind": "write"})
    iam = impatient(endpoint) if fault == "silence" else connect(endpoint, "iam")
    with pytest.raises(ConnectionClosedError if fault == "reset" else ReadTimeoutError):
        iam.create_group(GroupName="g")
    assert ("g" in strict_iam.store.groups) is applied
    assert (endpoint.log.entries[0].applied is not None) is applied
    assert endpoint.log.entries[0].status is None
    connect(endpoint, "iam").list_groups()


def test_pages_can_be_slow(chaos_endpoint: Chaotic) -> None:
    endpoint = chaos_endpoint({"fault": "slow", "seconds": 5, "operations": ["List*"], "times": 1})
    iam = impatient(endpoint)
    with pytest.raises(ReadTimeoutError):
        iam.list_users()
    connect(endpoint, "iam").list_users()


def test_reads_can_lag_behind_by_so_many_calls(chaos_endpoint: Chaotic) -> None:
    iam = connect(chaos_endpoint({"fault": "stale", "calls": 2, "operations": ["List*"]}), "iam")

    def listed() -> list[str]:
        return [group["GroupName"] for group in iam.list_groups()["Groups"]]

    iam.create_group(GroupName="a")
    assert (listed(), listed(), listed()) == ([], [], ["a"])
    iam.create_group(GroupName="b")
    iam.delete_group(GroupName="a")
    assert iam.get_group(GroupName="b")["Users"] == []
    assert (listed(), listed()) == (["a", "b"], ["b"])


def test_what_was_just_created_is_not_there_yet(chaos_endpoint: Chaotic, strict_iam: StrictIam) -> None:
    iam = connect(chaos_endpoint({"fault": "unborn", "calls": 2}), "iam")
    strict_iam.call("CreateUser", {"UserName": "alice"})
    iam.create_group(GroupName="New")
    pair = {"GroupName": "new", "UserName": "alice"}
    assert outcomes(iam.add_user_to_group, 3, **pair) == ["NoSuchEntity", "NoSuchEntity", "ok"]
    iam.update_group(GroupName="New", NewGroupName="newer")
    assert outcomes(iam.get_group, 3, GroupName="newer") == ["NoSuchEntity", "NoSuchEntity", "ok"]
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    )
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    attach = {"GroupName": "newer", "PolicyArn": arn}
    assert outcomes(iam.attach_group_policy, 3, **attach) == ["NoSuchEntity", "NoSuchEntity", "ok"]


def test_a_window_ends_even_when_the_log_is_cleared_within(chaos_endpoint: Chaotic) -> None:
    endpoint = chaos_endpoint({"fault": "unborn", "calls": 2})
    iam = connect(endpoint, "iam")
    iam.create_group(GroupName="g")
    endpoint.log.clear()
    assert outcomes(iam.get_group, 3, GroupName="g") == ["NoSuchEntity", "NoSuchEntity", "ok"]


def test_creating_again_what_is_not_there_yet_says_that_it_exists(chaos_endpoint: Chaotic) -> None:
    iam = connect(chaos_endpoint({"fault": "unborn", "seconds": 60}), "iam")
    iam.create_group(GroupName="g")
    assert code(iam.create_group, GroupName="G")[0] == "EntityAlreadyExists"
    assert code(iam.get_group, GroupName="G")[0] == "NoSuchEntity"


def test_two_calls_at_once_on_one_group_collide_and_on_two_do_not(strict_iam: StrictIam) -> None:
    chaos = load_chaos(json.dumps({"rules": [{"fault": "overlap", "seconds": 1, "operations": ["Attach*"]}]}))

    def met(group: str) -> Interference:
        params = {"GroupName": group, "PolicyArn": READ_ONLY}
        return chaos.meet(LoggedRequest(1, "iam", "AttachGroupPolicy", params), strict_iam)

    first, second, elsewhere = met("a"), met("A"), met("b")
    assert (first.end, elsewhere.end, first.delay) == (None, None, 1)
    assert isinstance(second.end, IamError) and second.end.code == "ConcurrentModification"
    for follow in first.afterwards:
        follow()
    assert met("A").end is None


def test_a_call_that_has_ended_collides_with_none(chaos_endpoint: Chaotic, strict_iam: StrictIam) -> None:
    strict_iam.call("CreateGroup", {"GroupName": "g"})
    iam = connect(chaos_endpoint({"fault": "overlap", "seconds": 0.01}), "iam")
    params = {"GroupName": "g", "PolicyArn": READ_ONLY}
    assert outcomes(iam.attach_group_policy, 3, **params) == ["ok"] * 3
    assert outcomes(iam.attach_group_policy, 2, GroupName="none", PolicyArn=READ_ONLY) == ["NoSuchEntity"] * 2


def test_somebody_else_changes_the_account_between_two_calls(
    chaos_endpoint: Chaotic, strict_iam: StrictIam
) -> None:
    start = strict_iam.copy()
    theirs = {"operation": "DeleteGroup", "params": {"GroupName": "g"}}
    failing = {"operation": "DeleteGroup", "params": {"GroupName": "nobodys"}}
    endpoint = chaos_endpoint({"fault": "change", "nth": [2], "calls": [theirs, failing]})
    iam = connect(endpoint, "iam")
    iam.create_group(GroupName="g")
    assert iam.list_groups()["Groups"] == []
    assert endpoint.log.requests() == {"CreateGroup": 1, "ListGroups": 1}
    assert [entry.caller for entry, _ in replay(start, endpoint.log)][1] == "somebody else"


def test_calls_are_chosen_by_kind_params_range_and_number(chaos_endpoint: Chaotic) -> None:
    endpoint = chaos_endpoint(
        {"fault": "error", "code": "AccessDenied", "kind": "write", "params": {"GroupName": "x*"}},
        {"fault": "error", "code": "ExpiredToken", "operations": ["ListUsers"], "from": 2, "to": 3},
        {"fault": "error", "code": "SlowDown", "operations": ["ListRoles"], "times": 1},
    )
    iam = connect(endpoint, "iam")
    assert outcomes(iam.create_group, 1, GroupName="xy") == ["AccessDenied"]
    assert outcomes(iam.create_group, 1, GroupName="yx") == ["ok"]
    assert outcomes(iam.get_group, 1, GroupName="xy") == ["NoSuchEntity"]
    assert outcomes(iam.list_users, 4) == ["ok", "ExpiredToken", "ExpiredToken", "ok"]
    assert outcomes(iam.list_roles, 2) == ["SlowDown", "ok"]


def test_chance_depends_on_the_seed_and_the_call_not_on_what_else_is_going_on(
    chaos_endpoint: Chaotic,
) -> None:
    rule = {"fault": "error", "code": "ServiceUnavailable", "probability": 0.5}

    def drawn(seed: int, between: int) -> list[str]:
        iam = connect(chaos_endpoint(rule, seed=seed), "iam")
        found = []
        for _ in range(12):
            found += outcomes(iam.list_users, 1)
            outcomes(iam.list_roles, between)
        return found

    assert drawn(1, 0) == drawn(1, 2)
    assert drawn(1, 0) != drawn(2, 0)
    assert set(drawn(1, 0)) == {"ok", "ServiceUnavailable"}


def test_the_lock_object_meets_the_same_faults(chaos_endpoint: Chaotic) -> None:
    endpoint = chaos_endpoint(
        {"fault": "error", "code": "SlowDown", "operations": ["PutObject"], "nth": [1]},
        {"fault": "reset", "applied": True, "operations": ["PutObject"], "nth": [1]},
    )
    s3 = connect(endpoint, "s3")
    s3.create_bucket(Bucket="locks")
    lock = {"Bucket": "locks", "Key": "k", "Body": b"1", "IfNoneMatch": "*"}
    assert code(s3.put_object, **lock) == ("SlowDown", 503)
    with pytest.raises(ConnectionClosedError):
        s3.put_object(**lock)
    assert code(s3.put_object, **lock)[1] == 412


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "chaos: not JSON"),
        ("[]", r"chaos: \$: .* is not of type 'object'"),
        ('{"rules": [{"fault": "flood"}]}', r"chaos: \$.rules\[0\].fault: 'flood' is not one of"),
        ('{"rules": [{"fault": "error"}]}', "'code' is a required property"),
        ('{"rules": [{"fault": "throttle"}]}', "'rate' is a required property"),
        ('{"rules": [{"fault": "stale", "calls": []}]}', "is not of type 'integer'"),
        ('{"rules": [{"fault": "reset", "when": 1}]}', "'when' was unexpected"),
        (
            '{"rules": [{"fault": "reset", "operations": ["AtachGroup*"]}]}',
            r"rules\[0\].operations: AtachGroup",
        ),
        (
            '{"rules": [{"fault": "change", "calls": [{"operation": "CreateGroup", "params": {}}]}]}',
            r"rules\[0\].calls: CreateGroup: 1 validation error",
        ),
        ('{"rules": [], "sed": 1}', "'sed' was unexpected"),
    ],
)
def test_a_chaos_file_that_is_not_one_is_the_users_error(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_chaos(text)


def test_a_chaos_file_that_cannot_be_read_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_chaos(tmp_path / "absent.json")
