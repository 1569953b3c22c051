"""`adopt`, `accept`, `onboard` and `offboard` on any files: the smallest edit that means it, or a refusal.

`PAIRS=500 pytest tests/workflow/test_drawn.py` tries more of them.
"""

import os
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path
from random import Random

import pytest

from iamgroups import guardrails
from iamgroups.config import load
from iamgroups.config.accepting import AcceptTerms
from iamgroups.config.format import format_tree
from iamgroups.errors import ConfigError, UsageError
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold
from iamgroups.workflow.accept import accept
from iamgroups.workflow.adopt import Adoption, adopt
from iamgroups.workflow.drift import drift
from iamgroups.workflow.files import Rewritten
from iamgroups.workflow.offline import Offline
from iamgroups.workflow.people import Places, offboard, onboard
from iamgroups.workflow.people import Terms as Joining
from iamgroups.workflow.plan import everything
from tests.workflow.drawn import PEOPLE, Drawn, drawn

PAIRS = int(os.environ.get("PAIRS", "60"))
ALL = Adoption("adopted", guardrails.NAMES)
ONE_LINE = ("membership/", "attachment/", "direct/")


def each(tmp_path: Path) -> Iterator[tuple[int, Drawn]]:
    for seed in range(PAIRS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        yield seed, drawn(seed, folder)


def written(made: Rewritten) -> tuple[int, int]:
    """Write the files; return how many lines of those that were there went and came."""
    gone = came = 0
    for file, (before, after) in made.texts.items():
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).write_bytes(after.encode())
        lines = list(ndiff(before.splitlines(), after.splitlines())) if before else []
        gone += sum(line[0] == "-" for line in lines)
        came += sum(line[0] == "+" for line in lines)
    return gone, came


def canonical(root: Path) -> set[str]:
    return {str(file) for file, (before, after) in format_tree(root).items() if before == after}


def differing(declared: Config, live: LiveState) -> dict[str, str]:
    """Return address -> what is planned or reported there."""
    reader = Offline(live, "s")
    plan = everything(declared, reader).plan
    found = {one.address: f"{one.kind} {one.planned}" for one in drift(declared, reader).new}
    return found | {change.address: f"plan {change.call}" for change in plan.changes}


def is_in(address: str, group: str) -> bool:
    parts = address.split("/")
    return parts[0] in ("membership", "attachment", "group") and parts[1] == group


def check_refusal(error: ConfigError | UsageError) -> None:
    """Demand that a refusal names a line or an address."""
    if isinstance(error, ConfigError):
        assert all(problem.position for problem in error.problems)
    else:
        assert "/" in str(error)


def test_after_any_adoption_the_plan_is_empty_there_and_unchanged_elsewhere(tmp_path: Path) -> None:
    done = refused = 0
    for seed, one in each(tmp_path):
        before = differing(one.config, one.live)
        addresses = sorted(address for address in before if not address.startswith(("rule/", "policy/")))
        if not addresses:
            continue
        chosen = Random(seed).sample(addresses, min(len(addresses), Random(seed).randint(1, 3)))
        sorted_before = canonical(one.root)
        try:
            made = adopt(str(one.root), chosen, Offline(one.live, "s"), ALL)
        except (ConfigError, UsageError) as error:
            check_refusal(error)
            refused += 1
            continue
        gone, came = written(made)
        after = differing(load(one.root), one.live)
        groups = [name.partition("/")[2] for name in chosen if name.startswith("group/")]
        scope = {a for a in before if a in chosen or any(is_in(a, group) for group in groups)}
        assert not scope & after.keys(), seed
        rules = {a for a in before.keys() | after.keys() if a.startswith("rule/")}
        left = before.keys() - scope - rules
        assert {a: before[a] for a in left} == {a: after[a] for a in after.keys() - rules}, seed
        assert sorted_before <= canonical(one.root), seed
        if all(address.startswith(ONE_LINE[:2]) for address in chosen):
            assert max(gone, came) <= 2 * len(chosen), seed
        done += 1
    assert done > 2 * refused and done > PAIRS / 2


def test_any_accepted_address_is_one_line_and_drift_is_silent_of_it(tmp_path: Path) -> None:
    for seed, one in each(tmp_path):
        found = [d.address for d in drift(one.config, Offline(one.live, "s")).new]
        if not found:
            continue
        address, sorted_before = Random(seed).choice(found), canonical(one.root)
        made = accept(str(one.root), [address], AcceptTerms("adopted"), Offline(one.live, "s"))
        gone, came = written(made)
        assert gone <= 1 and came <= 2, seed
        after = [d.address for d in drift(load(one.root), Offline(one.live, "s")).new]
        assert sorted(after) == sorted(set(found) - {address}), seed
        assert sorted_before <= canonical(one.root), seed


@pytest.mark.parametrize("leaving", [False, True])
def test_whoever_comes_or_goes_changes_nobody_else(tmp_path: Path, leaving: bool) -> None:
    done = 0
    for seed, one in each(tmp_path):
        user, group = Random(seed).choice(PEOPLE), Random(seed).choice(one.config.groups).name
        sorted_before = canonical(one.root)
        try:
            if leaving:
                made = offboard(str(one.root), user, None)
            else:
                made = onboard(str(one.root), user, Places(groups=[group]), Joining(), None)
        except (ConfigError, UsageError) as error:
            check_refusal(error) if isinstance(error, ConfigError) else None
            continue
        written(made)
        was, now = _memberships(one.config), _memberships(load(one.root))
        own = {pair for pair in was if pair[1] == fold(user)}
        assert now == (was - own if leaving else was | {(group, fold(user))}), seed
        assert sorted_before <= canonical(one.root), seed
        done += 1
    assert done > PAIRS * 0.8


def _memberships(declared: Config) -> set[tuple[str, str]]:
    return {(group.name, fold(member.user)) for group in declared.groups for member in group.members or ()}
