"""The reference is what the schema says today, and its examples are good configuration."""

from pathlib import Path
from typing import Any

import pytest

from iamgroups.config import check
from iamgroups.config.shipped import Schema, written
from tools.configuration_page import reference

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
EXAMPLES = [
    (name, example)
    for name, spec in written("config")["properties"].items()
    for example in {**spec, **written("config")["definitions"].get(name, {})}.get("examples", ())
]


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == reference(), "run: python -m tools.configuration_page > docs/configuration.md"


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_is_valid(name: str, example: Any) -> None:
    assert check({name: example}, "config") == []


def test_every_key_says_what_it_is_for() -> None:
    cells = [
        [cell.strip() for cell in row.split("|")] for row in reference().splitlines() if row[:3] == "| `"
    ]
    assert [place for _, place, *_, about, _ in cells if "." in place and not about] == []


def keyed(spec: Schema) -> list[str]:
    """Return every key that a schema knows, wherever."""
    below = [value for value in spec.values() if isinstance(value, dict)]
    below += [
        item for value in spec.values() if isinstance(value, list) for item in value if isinstance(item, dict)
    ]
    return [*spec.get("properties", {}), *(key for each in below for key in keyed(each))]


def test_no_key_is_left_out() -> None:
    page = reference()
    assert [key for key in keyed(written("config")) if f"{key}`" not in page] == []
