"""How two policy documents differ, in lines for people."""

import json
from collections.abc import Iterator
from typing import Any

from iamgroups.policy.meaning import same
from iamgroups.policy.statements import Statement, condition_tests, statements, texts


def differences(before: Any, after: Any) -> tuple[str, ...]:
    """Return how two documents differ, a line each: `- was`, `+ is`, in a stable order.

    None where they mean the same. Names keep the case in which the document has them.
    """
    from deepdiff import DeepDiff

    if same(before, after):
        return ()
    was, now = _readable(before), _readable(after)
    if _has_sids(was) and _has_sids(now):
        was, now = _by_sid(was), _by_sid(now)
    found = DeepDiff(
        was,
        now,
        ignore_order=True,
        threshold_to_diff_deeper=0,
        view="tree",
        report_repetition=False,
    )
    lines = {line for changes in found.values() for change in changes for line in _lines(change)}
    return tuple(sorted(lines, key=lambda line: (line[2:].partition(": ")[0], line[0] == "+", line)))


def _readable(document: Any) -> Any:
    """Return the document with lists wherever the grammar takes one value or several, all sorted."""
    if not isinstance(document, dict):
        return document
    found = sorted(map(_statement, statements(document)), key=lambda value: json.dumps(value, sort_keys=True))
    return {**document, "Statement": found}


def _statement(statement: Statement) -> Statement:
    result = dict(statement)
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in statement:
            result[key] = sorted(set(texts(statement, key)))
    if "Condition" in statement:
        result["Condition"] = {}
        for operator, key, values in condition_tests(statement):
            result["Condition"].setdefault(operator, {})[key] = sorted(set(values))
    return result


def _has_sids(document: Any) -> bool:
    found = statements(document)
    return bool(found) and all(statement.get("Sid") for statement in found)


def _by_sid(document: Any) -> Any:
    """Name statements by their Sid: a reader knows them by it, and one more does not move the others."""
    return {**document, "Statement": {statement["Sid"]: statement for statement in statements(document)}}


def _lines(change: Any) -> Iterator[str]:
    steps = change.path(output_format="list")
    # The place in a list of actions or resources means nothing: only statements are numbered.
    shown = [step for place, step in enumerate(steps) if not isinstance(step, int) or place == 1]
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in shown).lstrip(".")
    for symbol, value in (("-", change.t1), ("+", change.t2)):
        if not _is_absent(value):
            yield f"{symbol} {where}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"


def _is_absent(value: Any) -> bool:
    from deepdiff.helper import NotPresent

    return value is NotPresent or isinstance(value, NotPresent)
