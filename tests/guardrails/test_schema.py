"""schemas/config.schema.json holds what the rules say of their settings. `GOLDEN=write` writes it there."""

import json
import os
import re
from pathlib import Path
from textwrap import indent

from iamgroups.guardrails import rules
from iamgroups.guardrails.schema import schema

FILE = Path(__file__).parents[2] / "schemas" / "config.schema.json"
DEFINITION = re.compile(r'^    "guardrails": \{$.*?^    \}', re.DOTALL | re.MULTILINE)


def test_the_schema_on_disk_holds_the_setting_of_every_rule() -> None:
    if os.environ.get("GOLDEN") == "write":
        new = '    "guardrails": ' + indent(json.dumps(schema(), indent=2), "    ").lstrip()
        FILE.write_text(DEFINITION.sub(lambda _: new, FILE.read_text(), count=1))
    assert json.loads(FILE.read_text())["definitions"]["guardrails"] == schema()


def test_every_setting_has_a_default_or_keys_that_have_one() -> None:
    for rule in rules():
        parts = rule.schema.get("properties", {"": rule.schema}).values() if rule.schema else ()
        assert all("default" in part for part in parts), rule.name


def test_every_file_with_a_rule_is_registered_by_its_name() -> None:
    folder = Path(__file__).parents[2] / "iamgroups" / "guardrails"
    files = {file.stem for file in folder.glob("*.py") if "\nGUARDRAIL = " in file.read_text()}
    assert files == {rule.name for rule in rules()}
    assert len(rules()) == len(files)
