"""What a quiet apply comes to: everything else is compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iamgroups.sandbox.request_log import LoggedRequest
from tests.proof.situation import KINDS
from tests.proof.story import Pair, Story, held, keeps_the_access_promise, portrait, story, tells_the_truth


@dataclass(frozen=True)
class Goal:
    size: int
    portrait: Mapping[str, Any]
    held: frozenset[Pair]
    writes: tuple[LoggedRequest, ...]
    requests: int

    def target(self, kind: str) -> LoggedRequest:
        """Return one write of a kind: the last that a quiet apply sends."""
        return [entry for entry in self.writes if entry.operation == kind][-1]

    def is_reached(self, story: Story) -> None:
        """The account is what the configuration says, and never was what it must not be."""
        assert portrait(story.iam) == self.portrait
        keeps_the_access_promise(story, self.held)


def goal_of(folder: Path, size: int) -> Goal:
    with story(folder, size) as quiet:
        run = quiet.run()
        assert run.code == 0, run.err
        tells_the_truth(run)
        goal = Goal(size, portrait(quiet.iam), held(quiet.iam), tuple(run.writes), len(run.log))
        goal.is_reached(quiet)
    assert {entry.operation for entry in goal.writes} == set(KINDS)
    return goal
