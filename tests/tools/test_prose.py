"""The prose check finds what is hard to read, and leaves code alone."""

from pathlib import Path

import pytest

from tools.prose import main, read

PLAIN = "This is one sentence of eight plain words. "


@pytest.mark.parametrize(
    "text",
    [
        "There is no state file.",
        "The lock stands in the bucket.",
        "It is by now\nanother plan.",
        "Whoever applies needs a role.",
        "- whatever fails is told",
        "A policy goes, whoever made it.",
        "The role and whoever holds it.",
        "| a | whatever came of it |",
        "A sentence before. Whoever applies needs a role.",
    ],
)
def test_words_that_are_hard_to_read_are_refused(text: str) -> None:
    (problem,) = read("a.md", text).problems()
    assert problem.startswith("a.md: ")


@pytest.mark.parametrize(
    "text",
    [
        "It understands this, and nothing is not said.",
        "Ask whoever made it. Apply whatever is left.",
        "`is no` and `stands` are code.",
        "```\nthis is no prose; it stands here\n```",
        "Before.\n\n    this is no prose; it stands here\n\n    by now\n\nAfter.",
        "[a link](https://example.com/stands;by)",
        "<!-- is no prose; -->",
    ],
)
def test_plain_words_and_code_pass(text: str) -> None:
    assert list(read("a.md", text).problems()) == []


def test_two_semicolons_in_a_thousand_words_pass_and_three_do_not() -> None:
    thousand = PLAIN * 124
    assert list(read("a.md", thousand + "One; two; three four five six seven eight.").problems()) == []
    (problem,) = read("a.md", thousand + "One; two; three; four five six seven eight.").problems()
    assert problem == "a.md: 3 semicolons in 1000 words: One; two; three; four five six seven eight."


def test_a_list_that_goes_on_is_prose() -> None:
    (problem,) = read("a.md", "- A policy\n  that is no policy.\n- Another.\n").problems()
    assert problem == "a.md: is no: A policy that is no policy."


def test_the_length_of_sentences_leaves_tables_and_code_out() -> None:
    assert read("a.md", PLAIN * 3 + "\n\n| a | b |\n|---|---|\n| c | d |\n\n    code\n").length == 8


def test_the_readme_and_every_page_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs" / "more").mkdir(parents=True)
    for name in ("README.md", "docs/a.md", "docs/more/b.md"):
        (tmp_path / name).write_text(PLAIN)
    assert main(tmp_path) == 0
    (tmp_path / "docs" / "a.md").write_text("This is no plain English.")
    assert main(tmp_path) == 1
    said = capsys.readouterr().out
    assert all(name in said for name in ("README.md", "docs/a.md", "docs/more/b.md"))
    assert "docs/a.md: is no: This is no plain English." in said
