"""Files of others are read into a bounded memory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from iamgroups.applying.journal_reading import read_journal
from iamgroups.errors import UsageError
from iamgroups.sandbox.chaos.file import read_chaos
from iamgroups.sandbox.seed import read_seed
from iamgroups.workflow.offline import read_snapshot
from iamgroups.workflow.saved import read

READERS = [
    pytest.param(read, id="plan"),
    pytest.param(read_snapshot, id="snapshot"),
    pytest.param(lambda path: read_journal(path, "aws"), id="journal"),
    pytest.param(lambda path: read_seed(Path(path)), id="seed"),
    pytest.param(lambda path: read_chaos(Path(path)), id="chaos"),
]


@pytest.mark.parametrize("reader", READERS)
def test_more_lists_and_objects_than_a_file_can_mean_are_refused_unread(
    reader: Callable[[str], object], tmp_path: Path
) -> None:
    file = tmp_path / "many.json"
    file.write_bytes(b"[" + b"[]," * 2_000_001 + b"0]")
    with pytest.raises(UsageError, match=r"lists and objects|larger than 1 MB"):
        reader(str(file))


@pytest.mark.parametrize("reader", READERS)
def test_a_file_without_an_end_is_refused(reader: Callable[[str], object]) -> None:
    with pytest.raises(UsageError, match="larger than"):
        reader("/dev/zero")
