"""The options every command takes, before or after its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from iamgroups.errors import UsageError
from iamgroups.render import FormatName


@dataclass(frozen=True, slots=True)
class Options:
    """The global options, as typed. `journal` is "" for the default place in the user's state folder.

    `config` is the root of this run. `roots` are all those that `-c` names, where they are several.
    `asking`: somebody at a terminal may be asked.
    """

    config: str = "."
    roots: tuple[str, ...] = (".",)
    parallel: int = 8
    shard: str = ""
    expect_accounts: int = 0
    stop_after: int = 0
    asking: bool = True
    profile: str | None = None
    region: str | None = None
    role_arn: str | None = None
    external_id: str = ""
    mfa_serial: str = ""
    insecure_endpoint: bool = False
    read_timeout: float = 600.0
    concurrency: int = 10
    journal: str = ""
    keep_journals: int = 100
    format: FormatName = "human"
    summary: bool = False
    verbose: bool = False
    quiet: bool = False

    @property
    def several(self) -> bool:
        """Tell whether this is one run on many accounts, with one report."""
        return len(self.roots) > 1 or bool(self.shard)


VALUED = (
    "-c",
    "--config",
    "--profile",
    "--region",
    "--role-arn",
    "--external-id",
    "--mfa-serial",
    "--read-timeout",
    "--concurrency",
    "--parallel",
    "--shard",
    "--expect-accounts",
    "--stop-after",
    "--journal",
    "--keep-journals",
    "--format",
)
ATTACHED = tuple(f"{name}=" for name in VALUED)
FLAGS = ("-v", "--verbose", "--quiet", "--summary", "--insecure-endpoint", "--no-color")


def hoist(argv: Sequence[str]) -> list[str]:
    """Move the global options to the front, where the parser looks for them; `--` ends the search.

    Raises: UsageError for an empty value. `--expect-digest "$DIGEST"` must not mean any digest.
    """
    for before, word in pairwise(["iamgroups", *argv]):
        if not word or (word.startswith("--") and word.endswith("=")):
            name = word[:-1] or before
            raise UsageError(f"the value after {name} is empty: is a variable not set? Nothing was done")
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in VALUED:
            front += [word, *islice(words, 1)]
        elif word in FLAGS or word.startswith(ATTACHED):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def command_of(argv: Sequence[str]) -> str:
    """Return the first word that is neither an option nor the value of one; "" without one."""
    words = iter(argv)
    for word in words:
        if word in VALUED:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
