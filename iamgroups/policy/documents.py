"""Compare policy documents by meaning, and explain how two differ. Must not judge what they allow."""

import json
from collections.abc import Iterator
from typing import Any

from iamgroups.policy.statements import as_list

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html: these take one or a list.
ONE_OR_LIST = frozenset({"Action", "NotAction", "Resource", "NotResource"})


def compact(document: Any) -> str:
    """Return the document as JSON text without white space, as it is sent and as its size is counted."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def meaning(document: Any, fold_actions: bool = True) -> Any:
    """Return a form that is equal for documents that mean the same: lists sorted, one string a list of one.

    The order of statements does not change what is allowed; actions ignore case.
    """
    if not isinstance(document, dict):
        return document
    statements = document.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    body = {key: value for key, value in document.items() if key != "Statement"}
    body["Statement"] = sorted((_statement(s, fold_actions) for s in statements), key=_sort_key)
    return body


def _statement(statement: Any, fold_actions: bool) -> Any:
    if not isinstance(statement, dict):
        return statement
    result: dict[str, Any] = {}
    for key, value in statement.items():
        if key in ONE_OR_LIST:
            values = set(map(str, as_list(value)))
            fold = fold_actions and key.endswith("Action")
            result[key] = sorted({value.lower() for value in values} if fold else values)
        elif key == "Condition" and isinstance(value, dict):
            result[key] = {
                operator: {name: sorted(map(_scalar, as_list(wanted))) for name, wanted in tests.items()}
                for operator, tests in value.items()
                if isinstance(tests, dict)
            }
        else:
            result[key] = value
    return result


def _scalar(value: Any) -> str:
    """IAM compares condition values as text: true and "true" are one."""
    return value if isinstance(value, str) else json.dumps(value)


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def same(left: Any, right: Any) -> bool:
    """Tell whether two documents mean the same."""
    return bool(meaning(left) == meaning(right))


def differences(before: Any, after: Any) -> tuple[str, ...]:
    """Return how two documents differ, a line each: `- was`, `+ is`, in a stable order."""
    from deepdiff import DeepDiff

    was, now = meaning(before, fold_actions=False), meaning(after, fold_actions=False)
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


def _has_sids(document: Any) -> bool:
    statements = document.get("Statement") if isinstance(document, dict) else None
    return bool(statements) and all(isinstance(s, dict) and s.get("Sid") for s in statements or ())


def _by_sid(document: Any) -> Any:
    """Name statements by their Sid: a reader knows them by it, and one more does not move the others."""
    return {**document, "Statement": {statement["Sid"]: statement for statement in document["Statement"]}}


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
