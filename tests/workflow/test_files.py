"""Files are written whole, and only files are."""

import os
from pathlib import Path

import pytest

from iamgroups.errors import UsageError
from iamgroups.workflow.files import write_whole


def test_a_file_is_replaced_and_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("before")
    write_whole(str(tmp_path / "plan.json"), "after")
    assert (tmp_path / "plan.json").read_text() == "after"
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "latest.json").symlink_to("plan-1.json")
    for text in ("new", "newer"):
        write_whole(str(tmp_path / "latest.json"), text)
        assert (tmp_path / "plan-1.json").read_text() == text
    assert (tmp_path / "latest.json").is_symlink()


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="pipe cannot be written: it is no regular file"):
        write_whole(str(tmp_path / "pipe"), "text")
    assert (tmp_path / "pipe").is_fifo()


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UsageError, match="a cannot be written"):
        write_whole(str(tmp_path / "a"), "text")
