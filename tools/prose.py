"""Measure the prose of the README and docs/, and refuse what is hard to read: `python -m tools.prose`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SEMICOLONS = 2  # in 1,000 words
REFUSED = {
    "is no": r"\bis no\b",
    "stands": r"\bstands\b",
    "by now": r"\bby now\b",
    # Where a clause begins: at the start, or after a comma or a conjunction.
    "whatever or whoever as the subject": r"(?:^|[,:(] |\b(?:and|but|or) )(?:whatever|whoever)\b",
}
# What is not prose, and what is read in its place.
_OTHER = {
    re.compile(r"<!--.*?-->", re.DOTALL): "",
    re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.MULTILINE | re.DOTALL): "\n\n",
    # An indented block; a list goes on with fewer spaces.
    re.compile(r"(?:\A|(?<=\n\n))(?: {4,}\S.*\n?|\n(?= {4}))+"): "\n\n",
    re.compile(r"`[^`]*`"): "code",
    re.compile(r"\[([^]]*)\]\([^)]*\)"): r"\1",
}
_BLOCK = re.compile(r"\n\s*\n|\n(?= *(?:[-*#|>]|\d+\.) )")
_CELL = re.compile(r"\s*\|\s*")
_SENTENCE = re.compile(r"(?<=[.!?])[*\"”)]*\s+")
_WORD = re.compile(r"[^\W_][\w'’./-]*")


class Prose(NamedTuple):
    """What one page says, without code: sentences, and what its tables hold."""

    page: str
    sentences: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def length(self) -> float:
        """The mean number of words a sentence, tables aside."""
        return _words(self.sentences) / max(1, len(self.sentences))

    def problems(self) -> Iterator[str]:
        """Yield what is refused, each with a sentence it is in."""
        every = (*self.sentences, *self.cells)
        found = [sentence for sentence in every for _ in range(sentence.count(";"))]
        if len(found) * 1000 > SEMICOLONS * _words(every):
            yield f"{self.page}: {len(found)} semicolons in {_words(every)} words: {found[0]}"
        for what, pattern in REFUSED.items():
            for sentence in every:
                if re.search(pattern, sentence, re.IGNORECASE):
                    yield f"{self.page}: {what}: {sentence}"


def read(page: str, text: str) -> Prose:
    """Return the prose of a Markdown page."""
    for pattern, instead in _OTHER.items():
        text = pattern.sub(instead, text)
    blocks = [" ".join(block.split()) for block in _BLOCK.split(text)]
    rows = [block for block in blocks if block.startswith("|")]
    rest = [block.strip("#*>- ") for block in blocks if not block.startswith("|")]
    return Prose(page, _split(rest, _SENTENCE), _split(rows, _CELL))


def _split(blocks: list[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(part for block in blocks for part in pattern.split(block) if _WORD.search(part))


def _words(sentences: tuple[str, ...]) -> int:
    return sum(len(_WORD.findall(sentence)) for sentence in sentences)


def pages(root: Path = ROOT) -> Iterator[Prose]:
    """Yield the README and every page of docs/."""
    for path in (root / "README.md", *sorted((root / "docs").rglob("*.md"))):
        yield read(str(path.relative_to(root)), path.read_text())


def main(root: Path = ROOT) -> int:
    """Print a measure for each page, then the problems. Return 1 where there are any."""
    found = list(pages(root))
    problems = [problem for prose in found for problem in prose.problems()]
    measures = [f"{prose.length:5.1f} words a sentence  {prose.page}" for prose in found]
    print("\n".join([*measures, *problems]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
