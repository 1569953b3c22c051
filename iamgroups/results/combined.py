"""What one command comes to on many accounts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

# A later one hides an earlier one, but for 130 and 5, which hide all.
EXIT_CODES = (4, 1, 3, 2, 0)


class OneAccount(NamedTuple):
    """One account's part.

    `says`: one line for a table. `text`: the result in the format asked for, "" where there is none. `wrote`:
    whether a write was sent. `telling`: the text is worth reading although nothing failed. `began`: False
    where the run ended before this account's turn.
    """

    root: str
    account: str
    exit_code: int
    says: str
    text: str = ""
    digest: str = ""
    caller: str = ""
    wrote: bool = False
    telling: bool = False
    began: bool = True

    @property
    def failed(self) -> bool:
        """Tell whether this account is not what was asked for."""
        return self.exit_code not in (0, 2)

    def masked(self, text: str) -> str:
        """Return a text without what differs between accounts that come to the same."""
        for word in filter(None, (self.digest, self.caller, self.account)):
            text = text.replace(word, "…")
        # As a path in front of a file or a line: the name of a folder may be a part of a group's name.
        return re.sub(rf"(?<![\w./-]){re.escape(self.root)}(?=/|:[0-9])", "…", text)


@dataclass(frozen=True)
class Combined:
    """A command on many accounts, in the order of their roots."""

    command: str
    accounts: tuple[OneAccount, ...]

    @cached_property
    def exit_code(self) -> int:
        """130 after a signal, 5 where writes were sent and something failed, else the gravest of all."""
        codes = {one.exit_code for one in self.accounts}
        if 130 in codes:
            return 130
        if 5 in codes or (any(one.wrote for one in self.accounts) and self.failed):
            return 5
        return next((code for code in EXIT_CODES if code in codes), 0)

    @property
    def failed(self) -> Sequence[OneAccount]:
        """Return the accounts that failed, or whose turn never came."""
        return [one for one in self.accounts if one.failed]

    @cached_property
    def digest(self) -> str:
        """Return the sha256 (hex) of the sorted digests; "" where an account, or the shard, has none."""
        digests = sorted(one.digest for one in self.accounts)
        return sha256("\n".join(digests).encode()).hexdigest() if digests and all(digests) else ""

    @cached_property
    def outcomes(self) -> Mapping[str, Sequence[OneAccount]]:
        """One line -> the accounts it is true of, failures last."""
        found: dict[str, list[OneAccount]] = {}
        for one in sorted(self.accounts, key=lambda one: one.failed):
            found.setdefault(one.masked(one.says), []).append(one)
        # An account that is alone in it keeps its own words.
        return {same[0].says if len(same) == 1 else says: same for says, same in found.items()}

    @cached_property
    def alike(self) -> Sequence[Sequence[OneAccount]]:
        """Return the accounts that came to more than a line, those with the same text together."""
        found: dict[str, list[OneAccount]] = {}
        for one in self.accounts:
            if one.text and (one.exit_code or one.wrote or one.telling):
                found.setdefault(one.masked(one.text), []).append(one)
        return sorted(found.values(), key=lambda same: -len(same))
