"""iamgroups.lock.json: the fingerprints of policy documents that no configuration owns, as data."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from iamgroups.errors import UsageError
from iamgroups.state.entry import Entry
from iamgroups.state.names import ACCOUNT_ID

FILE = "iamgroups.lock.json"
KIND, FORMAT_VERSION = "fingerprints", 1

_VERSION = re.compile(r"(v[1-9][0-9]{0,9})?", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Fingerprint(NamedTuple):
    """The default version of a managed policy, the digest of its document, and the day it was noted."""

    version: str
    digest: str
    date: str


Fingerprints = Mapping[str, Fingerprint]  # ARN -> fingerprint


def dump(accounts: Mapping[str, Fingerprints]) -> str:
    """Return the text of the file: account -> ARN -> fingerprint, in order."""
    told = {
        account: {arn: one._asdict() for arn, one in sorted(found.items())}
        for account, found in sorted(accounts.items())
    }
    content = {"kind": KIND, "format_version": FORMAT_VERSION, "accounts": told}
    return json.dumps(content, indent=1) + "\n"


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
    found: dict[str, Fingerprint] = {}
    for arn in policies.value:
        one = policies.entry(arn)
        found[arn] = Fingerprint(
            one.text("version", _VERSION), one.text("digest", _DIGEST), one.text("date", _DAY)
        )
    return found
