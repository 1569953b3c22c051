"""`fmt` replaces a file whole: who may read it, its line ends and a link to it stay."""

from pathlib import Path

import pytest

from iamgroups.cli.app import run

TEXT = (
    'version: 1\r\naccount_id: "123456789012"\r\ngroups:\r\n  devs:\r\n    members: [bob, alice] # both\r\n'
)


def test_mode_line_ends_and_links_survive(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes(TEXT.encode())
    real.chmod(0o644)
    link = tmp_path / "iamgroups.yaml"
    link.symlink_to(real)
    assert run(["fmt", "-c", str(link)]) == 0
    assert link.is_symlink()
    assert real.read_bytes() == TEXT.replace("bob, alice", "alice, bob").encode()
    assert real.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["iamgroups.yaml", "real.yaml"]


def test_a_file_that_cannot_be_written_is_not_named_as_formatted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "iamgroups.yaml"
    root.write_bytes(TEXT.encode())
    # Where the draft would be: root may write into a read-only folder too.
    (tmp_path / ".iamgroups.yaml.draft").mkdir()
    assert run(["fmt", "-c", str(root)]) == 1
    told = capsys.readouterr()
    assert (told.out, root.read_bytes()) == ("", TEXT.encode())
    assert f"{root} cannot be written" in told.err
