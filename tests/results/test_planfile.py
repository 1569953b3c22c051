"""A saved plan comes back as it was, or is refused with one clear answer."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups import config
from iamgroups.errors import IamGroupsError, PreconditionError, UsageError
from iamgroups.render import human
from iamgroups.results import planfile
from iamgroups.results.review import Review
from iamgroups.workflow.saved import read
from tests.render.samples import mixed, mixed_changes


def saved(folder: Path, **changed: Any) -> str:
    document = json.loads(planfile.write(mixed())) | changed
    document["checksum"] = planfile.checksum(document)
    path = folder / "plan.json"
    path.write_text(json.dumps(document))
    return str(path)


def unlifted(review: Review) -> Review:
    """Return the review without what a command line allowed: a file does not say it."""
    assert review.lifted
    return replace(review, findings=tuple(replace(finding, allowed=False) for finding in review.findings))


def test_a_saved_plan_renders_as_it_did_when_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(planfile.write(mixed()))
    review = read(str(path))
    assert review == unlifted(mixed())
    assert human.plan(review) == human.plan(unlifted(mixed()))
    assert planfile.write(review) == path.read_text()


def test_a_part_is_known_for_one_when_it_is_read_back(tmp_path: Path) -> None:
    part = replace(mixed(), plan=replace(mixed().plan, only="group devs"))
    path = tmp_path / "plan.json"
    path.write_text(planfile.write(part))
    assert config.check(json.loads(path.read_text()), "plan") == []
    assert read(str(path)) == unlifted(part)


def test_an_altered_plan_is_refused(tmp_path: Path) -> None:
    path = Path(saved(tmp_path))
    path.write_text(path.read_text().replace("alice", "mallory"))
    with pytest.raises(PreconditionError, match="altered after it was saved"):
        read(str(path))


def test_a_plan_whose_digest_does_not_fit_its_changes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreconditionError, match="not a plan iamgroups saved"):
        read(saved(tmp_path, changes=[]))


def test_a_plan_that_does_one_thing_twice_is_refused(tmp_path: Path) -> None:
    """Checksum and digest fit: only the addresses tell."""
    forged = mixed((*mixed_changes(), mixed_changes()[0]))
    path = tmp_path / "plan.json"
    path.write_text(planfile.write(forged))
    with pytest.raises(PreconditionError, match="not a plan iamgroups saved"):
        read(str(path))


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_plan_of_another_format_is_refused(tmp_path: Path, version: Any) -> None:
    with pytest.raises(PreconditionError, match="made by another version of iamgroups"):
        read(saved(tmp_path, format_version=version))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"kind": "drift"}',
        b"[" * 100_000,
        b"{" * 100_000,
        b"1" * 9999,
    ],
)
def test_what_is_no_plan_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        read(str(path))


@pytest.mark.parametrize("path", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_usage_error(path: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate(planfile.MAX_BYTES + 1)
    with pytest.raises(UsageError, match="larger than 64 MB"):
        read(str(path))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted(json.loads(planfile.write(mixed())))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FIELDS), st.integers(0, 30), st.text(max_size=8), anything)
def test_whatever_stands_in_a_field_there_is_one_clear_answer(
    tmp_path_factory: pytest.TempPathFactory, field: str, index: int, key: str, value: Any
) -> None:
    document = json.loads(planfile.write(mixed()))
    inner = document[field]
    if isinstance(inner, list) and inner and isinstance(inner[index % len(inner)], dict):
        entry = inner[index % len(inner)]
        entry[sorted(entry)[index % len(entry)]] = value
    elif isinstance(inner, dict) and index % 2:
        inner[sorted(inner)[index % len(inner)]] = value
        inner[key] = value
    else:
        document[field] = value
    folder = tmp_path_factory.mktemp("plan")
    try:
        review = read(saved(folder, **document))
    except IamGroupsError as error:
        assert str(error).count("\n") == 0
    else:
        assert human.plan(review)
