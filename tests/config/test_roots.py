"""`-c` names roots by file, folder and glob; a shard takes the same accounts whatever others there are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.config.roots import find_roots, parse_shard, shard_of
from iamgroups.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a/iamgroups.yaml", "a/groups/iamgroups.yaml", "b/iamgroups.yaml", ".git/iamgroups.yaml"):
        (tmp_path / "accounts" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "accounts" / name).touch()
    for name in ("dev.yaml", "prod.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["accounts/a"], ["accounts/a"]),
        (["accounts"], ["accounts/a", "accounts/b"]),
        (["."], ["./accounts/a", "./accounts/b"]),
        (["accounts/*"], ["accounts/a", "accounts/b"]),
        (["*.yaml"], ["dev.yaml", "prod.yaml"]),
        (["prod.yaml", "accounts/b", "./prod.yaml", "accounts"], ["accounts/a", "accounts/b", "prod.yaml"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_files_folders_and_globs_name_roots_once_each(given: list[str], found: list[str]) -> None:
    assert list(find_roots(given)) == found


@pytest.mark.parametrize("given", ["acounts/*", "accounts/a/groups/none*"])
@pytest.mark.usefixtures("folder")
def test_what_names_no_root_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="there is no root; a root is a file, or a folder with an"):
        find_roots(["accounts", given])


def test_a_folder_without_any_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no root"):
        find_roots([str(tmp_path)])


def test_a_name_with_the_signs_of_a_glob_is_that_name(folder: Path) -> None:
    (folder / "[x].yaml").touch()
    assert find_roots(["[x].yaml"]) == ("[x].yaml",)


ACCOUNTS = st.sets(st.from_regex(r"\A[0-9]{12}\Z"), min_size=1, max_size=60)


@given(ACCOUNTS, st.integers(1, 9))
def test_every_account_is_in_exactly_one_shard_and_stays_there(accounts: set[str], shards: int) -> None:
    parts = [{a for a in accounts if shard_of(a, shards) == number} for number in range(1, shards + 1)]
    assert set().union(*parts) == accounts
    assert sum(map(len, parts)) == len(accounts)


def test_shards_are_about_equally_large() -> None:
    sizes = [0] * 4
    for number in range(2_000):
        sizes[shard_of(f"{number:012}", 4) - 1] += 1
    assert all(400 < size < 600 for size in sizes)


def test_a_shard_is_written_as_one_of_several() -> None:
    assert parse_shard("2/3") == (2, 3)
    for text in ("", "2", "0/3", "4/3", "a/b", "1/0", "-1/2", "1/2/3"):
        with pytest.raises(UsageError, match="write I/N"):
            parse_shard(text)
