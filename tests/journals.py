"""Journals as a reader finds them."""

import json
from pathlib import Path
from typing import Any


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the records, the header first; a last line torn by a crash is left out."""
    records = [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    assert records[0]["format_version"] == 1
    return records
