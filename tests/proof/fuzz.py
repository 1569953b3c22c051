"""Feed a reader with damaged input, in a process of its own.

`python -m tests.proof.fuzz TARGET SEED COUNT SECONDS` ends with a traceback at input that the reader does not
refuse, takes 10 s for, or needs more than 256 MB for. Input is a function of seed and number. The last one is
left in `input`.
"""

import json
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iamgroups import config
from iamgroups.errors import IamGroupsError
from iamgroups.iam import bulk_page, read_bulk
from iamgroups.iam.transport import Transport
from iamgroups.results import planfile
from iamgroups.sandbox.seed import load_seed
from iamgroups.state.live import Account
from iamgroups.state.lock import LockRecord
from iamgroups.state.snapshot import parse_account, snapshot_of
from tests.accounts import live
from tests.render.samples import mixed

MOST_MEMORY = 256 * 1024  # kB
LONGEST = 10  # seconds
ROOT = """version: 1
account_id: "123456789012"
settings: {path: /, lock: "s3://locks/iam", direct_policies: detach_covered}
policies:
  own: {document: own.json}
teams: {ops: [alice, {user: bob, expires: 2030-01-31, reason: on call}]}
groups:
  devs: &devs {policies: [aws:ReadOnlyAccess, local:own], members: [{team: ops}, carol]}
  more: {path: /x/, members: []}
"""
DOCUMENT = (
    '{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": ["s3:Get*"], '
    '"Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}'
)
GROUP = "arn:aws:iam::123456789012:group/devs"
ODD = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"null",
    b"1e999",
    b"-1",
    b"9" * 5000,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"<a>" * 3000,
    b"&a ",
    b"*a ",
    b"!!python/object ",
    b"? ",
    b": ",
    b"\n---\n",
    b"\t",
    b"\r\n",
    b"&#0;",
    b"\\ud800",
    b"NaN",
    b"x" * 70_000,
)
OTHERS = (None, True, -1, 1.5, 10**30, "", "\ud800", "x" * 10_000, [], {}, [[]], {"": ""}, [None] * 50)

Read = Callable[[bytes], object]


def damaged(data: bytes, draw: random.Random) -> bytes:
    """Return bytes with a few of them cut, doubled, changed or added."""
    for _ in range(draw.randint(1, 4)):
        start = draw.randrange(len(data) + 1)
        end = min(len(data), start + draw.choice((1, 1, 4, 30, 300)))
        piece = draw.choice((b"", draw.choice(ODD), draw.randbytes(3), data[start:end] * draw.randint(2, 40)))
        data = data[:start] + piece + data[end:]
    return data


def twisted(value: Any, draw: random.Random) -> Any:
    """Return data with one value of another kind in it, or one missing."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        if draw.random() < 0.1:
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: twisted(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        place = draw.randrange(len(value))
        return [*value[:place], twisted(value[place], draw), *value[place + 1 :]]
    return draw.choice(OTHERS)


def read_files(root: bytes = ROOT.encode(), document: bytes = DOCUMENT.encode()) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "iamgroups.yaml").write_bytes(root)
        (Path(folder) / "own.json").write_bytes(document)
        config.load(folder)


class Wire(Transport):
    """Answers every listing with one page, parsed as the real one is."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def ask(self, operation: str, *_: Any, **__: Any) -> Mapping[str, Any]:
        return {"SummaryMap": {}}

    def pages(self, operation: str, params: Mapping[str, Any] = {}) -> Iterator[Mapping[str, Any]]:
        yield bulk_page.parse(self._body) or {}


def read_details(data: bytes) -> None:
    account = Account("123456789012", "aws", "arn:aws:iam::123456789012:root")
    read_bulk.read(Wire(data), account)


def details() -> bytes:
    from tests.iam.answers import user, xml

    page = {"UserDetailList": [user("ann", ["devs"], ["arn:aws:iam::aws:policy/P"])], "IsTruncated": False}
    operation = bulk_page.OPERATION
    result = f"<{operation}Result>{xml(page)}</{operation}Result>"
    return f"<{operation}Response>{result}</{operation}Response>".encode()


def plan_with(content: Any) -> bytes:
    """Return a plan file that says that nobody altered it."""
    if isinstance(content, dict):
        content = {**content, "checksum": planfile.checksum(content)}
    return json.dumps(content).encode()


def samples() -> Mapping[str, tuple[bytes, Read]]:
    """Return target -> good input and what reads it."""
    snapshot = json.dumps(
        snapshot_of(live({"devs": (["alice"], ["ReadOnlyAccess"])}), datetime(2026, 1, 1, tzinfo=UTC))
    ).encode()
    seed = json.dumps(
        {
            "UserDetailList": [
                {
                    "Path": "/",
                    "UserName": "ann",
                    "UserId": "AIDA1",
                    "Arn": "arn:aws:iam::123456789012:user/ann",
                    "GroupList": ["devs"],
                    "AttachedManagedPolicies": [],
                    "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "%7B%7D"}],
                }
            ],
            "GroupDetailList": [
                {
                    "Path": "/",
                    "GroupName": "devs",
                    "GroupId": "AGPA1",
                    "Arn": "arn:aws:iam::123456789012:group/devs",
                }
            ],
            "RoleDetailList": [],
            "Policies": [],
        }
    ).encode()
    lock = LockRecord("id", "owner", "host", 1, "2026-01-01T00:00:00Z", lease=60).dump().encode()
    return {
        "configuration": (ROOT.encode(), lambda data: read_files(root=data)),
        "document": (DOCUMENT.encode(), lambda data: read_files(document=data)),
        "plan": (planfile.write(mixed()).encode(), lambda data: planfile.read(data, "plan.json")),
        "snapshot": (snapshot, parse_account),
        "account as a snapshot": (seed, parse_account),
        "seed": (seed, load_seed),
        "lock": (lock, lambda data: str(LockRecord.load(data.decode("utf-8", "replace")))),
        "details": (details(), read_details),
    }


def inputs(name: str, good: bytes, seed: int) -> Iterator[bytes]:
    """Yield damaged input without end."""
    number = 0
    while True:
        draw = random.Random(f"{name}/{seed}/{number}")
        number += 1
        if name in ("configuration", "details") or draw.random() < 0.4:
            yield damaged(good, draw)
        else:
            data = twisted(json.loads(good), draw)
            yield plan_with(data) if name == "plan" else json.dumps(data).encode()


def peak() -> int:
    """Return this program's peak memory in KiB; getrusage would count the process that forked it."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"^VmHWM:\s+([0-9]+) kB", status, re.MULTILINE)[0])


def main(name: str, seed: int, count: int, seconds: float) -> None:
    """Read so many inputs, for at most so many seconds."""
    good, read = samples()[name]
    read(good)
    until = time.monotonic() + seconds
    for number, data in enumerate(inputs(name, good, seed)):
        if number >= count or time.monotonic() > until:
            break
        Path("input").write_bytes(data)
        signal.alarm(LONGEST)
        with suppress(IamGroupsError):
            read(data)
        signal.alarm(0)
    used = peak()
    assert used <= MOST_MEMORY, f"{used >> 10} MB were needed"
    sys.stdout.write(f"{number}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
