"""Compare output with a file beside the tests; GOLDEN=write takes what is there now."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def matches(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text(), f"{path} differs; GOLDEN=write pytest takes the new text"
