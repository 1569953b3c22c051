"""A stand-in for jq's command line: the flags that the recipes use, and the library for the rest."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

import jq


def main(words: list[str]) -> int:
    flags = ArgumentParser("jq", allow_abbrev=False)
    flags.add_argument("--raw-output", action="store_true")
    flags.add_argument("--null-input", action="store_true")
    flags.add_argument("--arg", nargs=2, action="append", default=[])
    flags.add_argument("--rawfile", nargs=2, action="append", default=[])
    flags.add_argument("program")
    flags.add_argument("file", nargs="?")
    asked = flags.parse_args(words)
    known = dict(asked.arg) | {name: Path(file).read_text() for name, file in asked.rawfile}
    given = None if asked.null_input else json.loads(Path(asked.file).read_text())
    for found in jq.compile(asked.program, args=known).input_value(given):
        text = found if asked.raw_output and isinstance(found, str) else json.dumps(found)
        sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
