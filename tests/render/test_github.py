"""Annotations: on the line that is wrong, escaped, and within the ten a step shows."""

from hypothesis import given
from hypothesis import strategies as st

from iamgroups.errors import Position, Problem
from iamgroups.planning.drift import Drift, Remark
from iamgroups.planning.plan import Plan
from iamgroups.render import github
from iamgroups.results.applied import Applied, Outcome
from iamgroups.results.validation import Validation
from iamgroups.state import Attachment
from iamgroups.state.change import Change

from .samples import ACCOUNT, VIEW, at, mixed


def test_a_problem_is_an_error_on_its_line() -> None:
    problem = Problem("no such key: memebrs", Position("a,b:c.yaml", 3, 5), "did you mean members?")
    assert github.validation(Validation(problems=(problem,))) == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=iamgroups::"
        "no such key: memebrs%0Adid you mean members?\n"
    )


def test_a_plan_annotates_findings_by_what_they_mean_and_warnings_that_have_a_line() -> None:
    assert github.plan(mixed()).splitlines() == [
        "::error file=groups/people.yaml,line=4,col=3,title=max_removals::2 of 5 members go (40 %25)",
        "::warning title=min_members::break-glass has 1 member, 2 wanted",
        "::notice file=groups/people.yaml,line=30,col=3,title=max_group_deletes::1 group goes",
    ]


def test_a_change_that_was_not_made_names_its_group() -> None:
    changes = [Change("create", Attachment(group, VIEW), at(4)) for group in ("devs", "ops")]
    outcomes = tuple(Outcome(change, "failed", "AccessDenied", "not you") for change in changes)
    done = Applied(Plan(ACCOUNT, "", tuple(changes)), outcomes)
    assert [line.split("::")[2] for line in github.applied(done).splitlines()] == [
        "+ policy aws:ViewOnlyAccess (attachment/devs/aws:ViewOnlyAccess): failed: AccessDenied: not you",
        "+ policy aws:ViewOnlyAccess (attachment/ops/aws:ViewOnlyAccess): failed: AccessDenied: not you",
    ]


def test_the_tenth_annotation_counts_those_a_step_does_not_show() -> None:
    problems = tuple(Problem(f"wrong {n}", Position("x.yaml", n + 1, 1)) for n in range(40))
    remarks = (Remark("odd", Position("x.yaml", 1, 1)),)
    lines = github.drift(Drift(ACCOUNT, remarks=remarks, problems=problems)).splitlines()
    assert len(lines) == 11
    assert lines[8].endswith("::wrong 8")
    assert lines[9] == "::error title=iamgroups::and 31 more errors"
    assert lines[10].startswith("::warning ")


@given(st.text(), st.text())
def test_no_text_starts_a_command_of_its_own(message: str, file: str) -> None:
    written = github.validation(Validation(problems=(Problem(message, Position(file, 1, 1)),)))
    assert written.count("\n") == 1
    head, _, body = written.removeprefix("::").partition("::")
    assert head.startswith("error file=") and head.endswith(",line=1,col=1,title=iamgroups")
    assert "\r" not in body and "\x1b" not in body
