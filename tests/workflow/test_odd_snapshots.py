"""A snapshot may hold anything that its schema allows: planning from it ends in a plan or in one error."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from iamgroups import config
from iamgroups.config.imported import imported
from iamgroups.errors import IamGroupsError, UsageError
from iamgroups.render import human
from iamgroups.state.live import LiveState
from iamgroups.state.snapshot import live_of, parse_account, snapshot_of
from iamgroups.workflow.drift import drift
from iamgroups.workflow.offline import Offline, read_snapshot
from iamgroups.workflow.plan import Wanted, plan
from tests.accounts import ACCOUNT
from tests.state.test_snapshot import accounts

OWN = "arn:aws:iam::123456789012:policy/own"
FILES = """
version: 1
account_id: "123456789012"
settings: {direct_policies: detach_all, inline_policies: delete}
policies: {own: {document: own.json, adopt: true}}
groups:
  a: {members: [{user: A, pending: true}], policies: [local:own]}
  b: {policies: []}
"""
DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("odd") / "iamgroups.yaml"
    path.write_text(FILES)
    (path.parent / "own.json").write_text(DOCUMENT)
    return config.load(str(path))


def run(declared: Any, live: LiveState) -> None:
    """Plan, compare and import; an error of iamgroups is an answer."""
    reader = Offline(live, "odd.json")
    with suppress(IamGroupsError):
        assert human.plan(plan(declared, reader, Wanted()))
    with suppress(IamGroupsError):
        assert human.drift(drift(declared, reader))
    with suppress(IamGroupsError):
        assert imported(live, ()).files


@settings(deadline=None, max_examples=200)
@given(live=accounts)
def test_no_account_of_a_snapshot_ends_in_a_traceback(declared: Any, live: LiveState) -> None:
    run(declared, replace(live, account=replace(live.account, id="123456789012")))


@pytest.mark.parametrize("document", [None, 1, "text", [], {}, {"Statement": 1}, {"Statement": [1, None]}])
def test_no_document_ends_in_a_traceback(declared: Any, document: Any) -> None:
    group = {"name": "a", "path": "/", "id": "A", "arn": "arn:a", "policies": [OWN], "members": ["ghost"]}
    user = {
        "name": "A",
        "path": "/",
        "id": "U",
        "arn": "arn:u",
        "policies": [OWN],
        "boundary": None,
        "tags": None,
    }
    policy = {"arn": OWN, "attachable": True, "default_version": "", "holders": 1, "document": document}
    empty = LiveState(ACCOUNT, {}, {}, local_listed=True, aws_listed=True)
    snapshot = snapshot_of(empty, datetime.now(UTC)) | {
        "quotas": {},
        "groups": [group | {"inline": {"i": document}}],
        "users": [user | {"boundary": None, "tags": None, "inline": {"i": document}}],
        "policies": [policy | {"versions": [], "tags": {"managed-by": "iamgroups"}, "description": None}],
    }
    run(declared, live_of(json.loads(json.dumps(snapshot))))


def test_a_snapshot_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamgroups.workflow.offline.MAX_BYTES", 1 << 20)
    with pytest.raises(UsageError, match="/dev/zero: larger than 1 MB"):
        read_snapshot("/dev/zero")


@pytest.mark.parametrize("item", ["[]", "{}"])
def test_a_snapshot_of_more_lists_than_any_account_has_is_refused(item: str) -> None:
    text = f"[{','.join([item] * 1_000_001)}]"
    for data in (text, text.encode()):
        with pytest.raises(UsageError, match="huge has more than 1,000,000 lists and objects"):
            parse_account(data, "huge")
