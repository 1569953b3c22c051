"""A file's text, and problems that point into it."""

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from iamgroups.errors import ConfigError, Position, Problem

# A full account (5,000 users in 10 groups each) is under 2 MB.
MAX_BYTES = 8 * 1024 * 1024
# All that is not what YAML 1.1 calls printable; https://yaml.org/spec/1.1/#id868524
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SHOWN_WIDTH = 160


@dataclass(frozen=True)
class SourceFile:
    """One file: `file` is the name to show, `text` its content."""

    file: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their breaks, split where YAML splits them."""
        return _LINE_BREAK.split(self.text)

    def position(self, line: int, column: int) -> Position:
        """Return a place in this file; both count from 1."""
        return Position(self.file, line, column)

    def problem(self, message: str, line: int, column: int, hint: str | None = None) -> Problem:
        """Return a problem that shows the line it is about; nothing in it can disturb a terminal."""
        hint = printable(hint) if hint else None
        return Problem(printable(message), self.position(line, column), hint, self.shown(line, column))

    def shown(self, line: int, column: int) -> str | None:
        """Return a line as a problem shows it; None where a caret could not stand under it."""
        if line > len(self.lines) or column > _SHOWN_WIDTH:
            return None
        return printable(self.lines[line - 1][:_SHOWN_WIDTH]) or None

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, of a character offset."""
        before = _LINE_BREAK.split(self.text[:offset])
        return len(before), len(before[-1]) + 1


def printable(text: str) -> str:
    """Return the text with whatever could disturb a terminal or a caret line replaced, width kept."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "?" for char in text)


def quoted(value: object) -> str:
    """Return a value as messages show it: in quotes, escaped, not longer than a line."""
    text = repr(value)
    return text if len(text) <= 80 else text[:76] + "...'"


def read(path: Path, shown: str) -> SourceFile:
    """Read a UTF-8 file.

    Raises:
        ConfigError: it cannot be read, is no regular file, is too large, or is not plain UTF-8 text.

    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refusal(shown, "this is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(shown, "this is not a regular file")
        if status.st_size > MAX_BYTES:
            raise _refusal(shown, f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(shown, f"cannot read the file: {error.strerror or error}") from error
    return decode(content, shown)


def decode(content: bytes, shown: str) -> SourceFile:
    """Return the text of a file's bytes.

    Raises:
        ConfigError: not UTF-8, a byte order mark, or characters that no text holds.

    """
    if content.startswith(_BYTE_ORDER_MARKS):
        raise _refusal(shown, "the file starts with a byte order mark", "save it as UTF-8 without one")
    try:
        source = SourceFile(shown, content.decode())
    except UnicodeDecodeError as error:
        before = SourceFile(shown, content[: error.start].decode())
        line, column = before.place(error.start)
        hint = f"byte 0x{content[error.start]:02x} cannot stand here; save the file as UTF-8"
        raise ConfigError([Problem("the file is not UTF-8", before.position(line, column), hint)]) from error
    if bad := _UNPRINTABLE.search(source.text):
        what = f"character U+{ord(bad[0]):04X} is not allowed in a text file"
        raise ConfigError([source.problem(what, *source.place(bad.start()))])
    return source


def with_lines(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems found after the files were read, each with the line it is about."""
    sources: dict[str, SourceFile | None] = {}
    return [_with_line(problem, sources) for problem in problems]


def _with_line(problem: Problem, sources: dict[str, SourceFile | None]) -> Problem:
    if problem.position is None:
        return problem
    file, line, column = problem.position
    if file not in sources:
        try:
            sources[file] = read(Path(file), file)
        except ConfigError:  # it has gone since
            sources[file] = None
    source = sources[file]
    return problem if source is None else problem._replace(source_line=source.shown(line, column))


def _refusal(shown: str, message: str, hint: str | None = None) -> ConfigError:
    return ConfigError([Problem(message, Position(shown, 1, 1), hint)])
