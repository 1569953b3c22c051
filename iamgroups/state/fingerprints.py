"""iamgroups.lock.json: the fingerprints of policy documents that no configuration owns, as data."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from iamgroups.errors import UsageError
from iamgroups.state.entry import ANYTHING, Entry
from iamgroups.state.names import ACCOUNT_ID

FILE = "iamgroups.lock.json"
KIND, FORMAT_VERSION = "fingerprints", 1

_VERSION = re.compile(r"(v[1-9][0-9]{0,9})?", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Given(NamedTuple):
    """Patterns of the actions of one access level: allowed everywhere, or under a resource or condition."""

    everywhere: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()


class Gives(NamedTuple):
    """What one document gives: AWS's access levels -> actions, and ways to escalate by their ids.

    `unlisted` are patterns of actions that AWS's list did not have, so that their level is not known.
    """

    levels: Mapping[str, Given]
    ways: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()


class Fingerprint(NamedTuple):
    """The default version of a managed policy, its document's digest, the day it was noted, what it gives."""

    version: str
    digest: str
    date: str
    gives: Gives


Fingerprints = Mapping[str, Fingerprint]  # ARN -> fingerprint


def dump(accounts: Mapping[str, Fingerprints]) -> str:
    """Return the text of the file: account -> ARN -> fingerprint, in order."""
    told = {
        account: {arn: _told(one) for arn, one in sorted(found.items())}
        for account, found in sorted(accounts.items())
    }
    content = {"kind": KIND, "format_version": FORMAT_VERSION, "accounts": told}
    return json.dumps(content, indent=1) + "\n"


def _told(one: Fingerprint) -> dict[str, Any]:
    return {
        "version": one.version,
        "digest": one.digest,
        "date": one.date,
        "levels": {level: given._asdict() for level, given in one.gives.levels.items()},
        "ways": one.gives.ways,
        "unlisted": one.gives.unlisted,
    }


def load(text: str, source: str) -> dict[str, dict[str, Fingerprint]]:
    """Return account -> ARN -> fingerprint. Raises: UsageError, naming `source` and what is wrong."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source} is not JSON: {error}. `iamgroups lock` writes it again") from error
    root = Entry(data, source)
    if root.value.get("kind") != KIND or root.value.get("format_version") != FORMAT_VERSION:
        root.fail("this is not a file that this iamgroups wrote. Delete it, and run `iamgroups lock`")
    accounts = root.entry("accounts")
    return {account: _account(accounts, account) for account in root.mapping("accounts", ACCOUNT_ID)}


def _account(accounts: Entry, account: str) -> dict[str, Fingerprint]:
    policies = accounts.entry(account)
    return {arn: _fingerprint(policies.entry(arn)) for arn in policies.value}


def _fingerprint(one: Entry) -> Fingerprint:
    levels = one.entry("levels")
    found = {level: _given(levels.entry(level)) for level in one.mapping("levels")}
    gives = Gives(found, one.ordered("ways"), one.ordered("unlisted", ANYTHING))
    return Fingerprint(
        one.text("version", _VERSION), one.text("digest", _DIGEST), one.text("date", _DAY), gives
    )


def _given(level: Entry) -> Given:
    return Given(level.ordered("everywhere"), level.ordered("limited"))
