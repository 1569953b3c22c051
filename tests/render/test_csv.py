"""A table is inert in a spreadsheet, and a reader of CSV gets back what was there."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.errors import UsageError
from iamgroups.render import format_named
from iamgroups.render.csv import FORMULAS, HEADER, combined, inert
from iamgroups.results.combined import Combined, OneAccount
from iamgroups.results.validation import Validation


@pytest.mark.parametrize("start", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_text(start: str) -> None:
    assert inert(f"{start}HYPERLINK(1)").startswith("'")


@given(st.text())
def test_no_cell_begins_like_a_formula_or_has_two_lines(text: str) -> None:
    cell = inert(text)
    assert not cell.startswith(FORMULAS)
    assert len(cell.splitlines()) <= 1


@pytest.mark.parametrize("text", ["", "alice", "alice+ops@example.com", 'says "so", and more', "a=b"])
def test_other_cells_are_as_they_were(text: str) -> None:
    assert inert(text) == text


def test_several_accounts_share_a_header() -> None:
    header = ",".join(HEADER) + "\r\n"
    rows = [OneAccount("a", "1", 0, "", header + "1,x\r\n"), OneAccount("b", "2", 1, "unreadable")]
    text = combined(Combined("audit", (*rows, OneAccount("c", "3", 0, "", header + "3,y\r\n"))))
    assert list(csv.reader(StringIO(text))) == [list(HEADER), ["1", "x"], ["3", "y"]]


def test_errors_are_for_stderr() -> None:
    form = format_named("csv")
    assert form.failure(UsageError("odd")) == form.validation(Validation()) == ""
