"""A comment on a pull request: complete where it can be, short enough always, and nothing breaks out."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.access.effects import PersonEffect
from iamgroups.errors import Position, Problem
from iamgroups.planning.note import Finding, Moment, Note
from iamgroups.planning.plan import Plan
from iamgroups.render import Look, human, markdown
from iamgroups.results.review import Review
from iamgroups.results.validation import Validation
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.change import Change

from .golden import matches
from .samples import ACCOUNT, CREATED, many, mixed

LIMIT = 65_536


def outside_fences(text: str) -> str:
    """Return what a Markdown reader sees as markup; every fence must be closed by its like."""
    kept, fence = [], ""
    for line in text.split("\n"):
        opening = re.fullmatch(r" {0,3}(`{3,})(diff)?\s*", line)
        if fence:
            closes = opening and not opening[2] and len(opening[1]) >= len(fence)
            fence = "" if closes else fence
        elif opening:
            fence = opening[1]
        else:
            kept.append(line)
    assert not fence
    return "\n".join(kept)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)


def tags(text: str) -> set[str]:
    reader = Tags()
    reader.feed(text)
    return set(reader.seen)


def test_counts_and_findings_come_first_then_groups_then_people() -> None:
    matches("plan.md", markdown.plan(mixed()))


def test_an_empty_plan_is_short() -> None:
    text = markdown.plan(Review(Plan(ACCOUNT, "c" * 64), CREATED))
    assert text.startswith("### iamgroups: no changes\n")
    assert len(text) < 200


def test_a_problem_shows_its_line_as_it_is_written_with_the_caret_below() -> None:
    problem = Problem("no IAM user heidi", Position("people.yaml", 3, 9), None, "      - heidi")
    assert markdown.validation(Validation(problems=(problem,))).splitlines()[2:] == [
        "```",
        "people.yaml:3:9: no IAM user heidi",
        "          - heidi",
        "            ^",
        "```",
    ]


def test_a_part_says_so_and_what_it_was_restricted_to_cannot_break_out() -> None:
    empty = markdown.plan(Review(Plan(ACCOUNT, "c" * 64, only="group ```<b>"), CREATED))
    assert empty.startswith("### iamgroups: no changes in a part of the configuration\n")
    assert " Only group ```<b>: whatever else differs is left out\n" in empty
    assert "<b>" not in outside_fences(empty)
    full = markdown.plan(replace(mixed(), plan=replace(mixed().plan, only="group a")))
    assert "-1 direct policy in a part of the configuration · 1 finding blocks it\n" in full


def test_fifty_thousand_changes_fit_and_the_rest_is_counted() -> None:
    text = markdown.plan(many(groups=300, members=170))
    assert len(text.encode()) < LIMIT
    assert "+300 groups, +51,000 members" in text
    assert re.search(r"\*\*[0-9,]+ more changes are not listed here\*\*", text)
    assert "<b>People</b>" in text


def test_one_group_with_everybody_is_collapsed_and_not_left_out() -> None:
    text = markdown.plan(many(groups=1, members=5000))
    assert "+   4,990 more members" in text.replace("+    ", "+   ")
    assert "not listed here" not in text


def test_a_group_that_is_cut_to_its_room_says_how_to_see_the_rest() -> None:
    text = markdown.plan(many(groups=1, members=300))
    assert " more lines\n" in text and text.splitlines()[-1].startswith("**Cut short**: `iamgroups plan -v`")


def test_everybody_is_cut_to_a_few_names_and_says_how_to_see_the_rest() -> None:
    review = many(groups=1, members=11)
    assert " and 1 more: gain" in markdown.plan(review) and "Cut short" in markdown.plan(review)
    assert "Cut short" not in human.plan(review)
    assert "Cut short" not in markdown.plan(many(groups=1, members=10))


def test_long_warnings_and_findings_leave_room_for_the_changes() -> None:
    notes = tuple(Note(f"code-{n}", "x", "w" * 4000) for n in range(500))
    findings = tuple(Finding("only_in", "f" * 4000, True, (), ()) for _ in range(50))
    review = replace(mixed(), findings=findings)
    review = replace(review, plan=replace(review.plan, notes=notes))
    text = markdown.plan(review)
    assert len(text.encode()) < LIMIT
    assert "<code>developers</code>" in text and "<b>People</b>" in text


evil = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "```",
            "~~~",
            "</details>",
            "<script>",
            "@everyone",
            "\n```\n# x",
            "::error::x",
            "\x1b[2J",
            "`" * 9,
            "--->",
        ]
    ),
    st.text("`<>&@#|\n\r[]()!*_~\u2028\u202e ", max_size=30),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(evil, min_size=12, max_size=12))
def test_no_name_or_free_text_breaks_out(words: list[str]) -> None:
    a, b, c, d, e, f, g, h, i, j, k, m = words
    changes = (
        Change("create", GroupFact(a, b), Position(c, 1, 1), d),
        Change("create", Membership(a, e), Position(f, 1, 1), g),
        Change("delete", Attachment(h, i), None, j),
        Change("delete", Direct(k, m), None, a),
    )
    plan = Plan(
        replace(ACCOUNT, caller_arn=b, endpoint=c),
        "c" * 64,
        changes,
        (Moment("excess", d, e),),
        (Note(g, h, i), Note(j, k, m, None, "info")),
        came_along=(a, b),
    )
    review = Review(
        plan, CREATED, (Finding(a, b, True, (), (Position(c, 1, 1),)),), (PersonEffect(k, (m,), ()),)
    )
    text = markdown.plan(review)
    markup = outside_fences(text)
    assert tags(markup) <= {"details", "summary", "b", "code"}
    assert markup.count("<details") == markup.count("</details>")
    bare = re.sub(r"<code>[^<]*</code>", "", markup)
    assert "@" not in bare and "[" not in bare and "\x1b" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    assert len(text.encode()) < LIMIT


def test_a_full_pull_request_comment_lists_what_the_plan_leaves_alone() -> None:
    assert "bob holds aws:X directly: kept" not in markdown.plan(mixed())
    full = markdown.plan(mixed(), Look(full=True))
    assert "bob holds aws:X directly: kept" in full and "`-v` lists them" not in full
