"""A plan of anything, made and taken back: the account is what it was, but for what the command says.

`PAIRS=500 pytest tests/workflow/test_undo.py` tries more of them.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.applying.decision import Attempt
from iamgroups.applying.journal import Journal
from iamgroups.applying.outcomes import Outcomes
from iamgroups.errors import IamGroupsError, PreconditionError
from iamgroups.policy.meaning import meaning
from iamgroups.results.applied import Outcome
from iamgroups.results.review import Review
from iamgroups.state import Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.workflow.offline import Offline
from iamgroups.workflow.plan import Wanted
from iamgroups.workflow.undo import Undoing, review
from tests.planning.pairs import pair, planned
from tests.workflow.after import after

PAIRS = int(os.environ.get("PAIRS", "60"))
ODD: tuple[Any, ...] = (
    "",
    "a/b",
    "*",
    None,
    1,
    [],
    {},
    "inline-user",
    "policy",
    "g1",
    "ann",
    "[" * 2000,
    "{}",
)
ALL = Wanted(allowed=guardrails.NAMES)


def journal_of(path: Path, live: LiveState, changes: Sequence[Change]) -> str:
    """Write the journal of an apply in which every change was made."""
    ending: dict[str, Any] = {
        f"inline/group/{change.fact.values['group']}/{name}": document
        for change in changes
        if change.fact.kind.name == "inline-group"
        for name, document in (live.groups[change.fact_now.values["group"].lower()].inline or {}).items()
    }
    journal = Journal(path, live.account.id, "0" * 64)
    outcomes = Outcomes(changes, journal, lambda _: None, ending)
    for index, change in enumerate(changes):
        attempt = Attempt(index, change, since=0.0)
        attempt.count = 1
        outcomes.sending(attempt, change.call)
        outcomes.settle(index, Outcome(change, "done"))
    journal.commit()
    journal.close()
    return str(path)


def undone(declared: Config, live: LiveState, journal: str, remaining: bool = False) -> Review:
    return review(declared, Offline(live, "s"), ALL, Undoing(journal, remaining), account=live.account)


def contents(live: LiveState) -> dict[str, Any]:
    """Return the address of each fact -> what it says, without ids and numbers of versions."""
    found: dict[str, Any] = {}
    for group in live.groups.values():
        found[f"group/{group.name}"] = group.path
        found |= {f"membership/{group.name}/{user}": True for user in group.members or ()}
        found |= {f"attachment/{group.name}/{_short(arn)}": True for arn in group.policies or ()}
        found |= {
            f"inline/group/{group.name}/{name}": meaning(document)
            for name, document in (group.inline or {}).items()
        }
    for user in live.users.values():
        found |= {f"direct/{user.name}/{_short(arn)}": True for arn in user.policies or ()}
    for arn, policy in live.policies.items():
        found[f"policy/{arn.rpartition('/')[2]}"] = meaning(policy.document)
    return found


def _short(arn: str) -> str:
    return f"{'aws' if ':aws:policy' in arn else 'local'}:{arn.rpartition('/')[2]}"


def not_restored(made: Review) -> set[str]:
    said = [note.message for note in made.plan.notes if note.code == "not-exactly"]
    return {message.partition(" is not restored")[0] for message in said if " is not restored" in message}


def differing(first: LiveState, second: LiveState) -> set[str]:
    before, now = contents(first), contents(second)
    return {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}


def plans(seeds: Iterable[int]) -> Iterable[tuple[Config, LiveState, tuple[Change, ...]]]:
    for seed in seeds:
        declared, live = pair(seed)
        plan = planned(replace(declared, settings=replace(declared.settings, lock="")), live)
        if plan.changes and not plan.problems:
            yield declared, live, plan.changes


def test_made_and_taken_back_the_account_is_what_it_was(tmp_path: Path) -> None:
    changes = exact = 0
    for number, (declared, live, plan) in enumerate(plans(range(PAIRS))):
        journal = journal_of(tmp_path / f"{number}.jsonl", live, plan)
        made = after(live, plan)
        back = undone(declared, made, journal)
        restored = after(made, back.plan.changes)
        assert differing(live, restored) <= not_restored(back), number
        changes += len(plan)
        exact += not not_restored(back)
    assert changes > PAIRS and exact > PAIRS / 3


def test_half_an_apply_is_taken_back_too(tmp_path: Path) -> None:
    for number, (declared, live, plan) in enumerate(plans(range(PAIRS))):
        half = plan[: len(plan) // 2]
        made = after(live, half)
        back = undone(declared, made, journal_of(tmp_path / f"{number}.jsonl", live, half))
        assert differing(live, after(made, back.plan.changes)) <= not_restored(back), number


def test_whatever_moved_since_is_named(tmp_path: Path) -> None:
    tried = 0
    for number, (declared, live, plan) in enumerate(plans(range(PAIRS))):
        joins = [c for c in plan if isinstance(c.fact, Membership) and c.action == "create"]
        if not joins:
            continue
        tried += 1
        gone = replace(joins[0], action="delete", group_now="")
        moved = after(after(live, plan), [gone])
        journal = journal_of(tmp_path / f"{number}.jsonl", live, plan)
        with pytest.raises(PreconditionError, match=f"{gone.address}: {gone.fact.values['user']} is not in"):
            undone(declared, moved, journal)
        left = undone(declared, moved, journal, remaining=True)
        assert gone.address not in left.plan.by_address
    assert tried > PAIRS / 10


def test_what_may_have_been_done_is_taken_back_where_the_account_shows_it(tmp_path: Path) -> None:
    declared, live, plan = next(iter(plans(range(PAIRS))))
    journal = Path(journal_of(tmp_path / "j.jsonl", live, plan))
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"event":"settled"' not in line) + '{"torn')
    made = after(live, plan)
    assert differing(live, after(made, undone(declared, made, str(journal)).plan.changes)) == set()
    assert undone(declared, live, str(journal)).plan.changes == ()


def test_any_damaged_journal_is_refused_or_read(tmp_path: Path) -> None:
    refused = 0
    for number, (declared, live, plan) in enumerate(plans(range(PAIRS))):
        path = Path(journal_of(tmp_path / f"{number}.jsonl", live, plan))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        chance = Random(number)
        for _ in range(5):
            damaged = json.loads(json.dumps(lines))
            record = chance.choice(damaged)
            for holder in (record, record.get("params", {}), record.get("replaced", {})):
                if holder and chance.random() < 0.7:
                    holder[chance.choice(sorted(holder))] = chance.choice(ODD)
            path.write_text("".join(json.dumps(line) + "\n" for line in damaged))
            try:
                undone(declared, after(live, plan), str(path), remaining=True)
            except IamGroupsError:
                refused += 1
    assert refused > PAIRS
