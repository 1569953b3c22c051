"""Policy documents: JSON text -> data, checked against the grammar's outer shape. Must not compare them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections import Counter
from typing import Any

from iamgroups.config import shape, tree
from iamgroups.config.shipped import schema
from iamgroups.config.source import Source, quoted
from iamgroups.config.tree import Marks, Node
from iamgroups.errors import Problem
from iamgroups.policy.size import MAX_SIZE, compact, size

# policyDocumentType in botocore's service model for IAM.
_NOT_LATIN_1 = re.compile("[^\t\n\r -\xff]")


def read_document(source: Source) -> tuple[Any, list[Problem]]:
    """Return a policy document and everything wrong with it; the data is None when it is no JSON."""
    duplicates: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(found)
        if len(data) < len(found):
            duplicates.extend(key for key, times in Counter(key for key, _ in found).items() if times > 1)
        return data

    try:
        data = json.loads(source.text, object_pairs_hook=pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return None, [source.problem(message, *source.place(error.pos))]
    except (RecursionError, ValueError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return None, [source.problem(f"not valid JSON: {why}", 1, 1)]
    if _depth(data) > tree.MAX_DEPTH:
        return None, [source.problem(f"nested more than {tree.MAX_DEPTH} levels deep", 1, 1)]
    root, found = _positions(source, data)
    if duplicates and not found:
        found = [source.problem(f"key {quoted(duplicates[0])} appears twice", 1, 1, "keep one of them")]
    if found:
        return data, found
    return data, _shape(root) + _rules(root) + _size(source, data)


def _depth(data: Any) -> int:
    """Return how deep the data is nested, without recursion."""
    depth, level = 0, [data]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [below for item in level for below in (item.values() if isinstance(item, dict) else item)]
    return depth


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


def _positions(source: Source, data: Any) -> tuple[Node, list[Problem]]:
    """Find where everything stands: nearly all JSON is YAML; the rest is placed at the file's start."""
    root, problems = tree.parse(source)
    if root is not None and (problems or _alike(root.value, data)):
        return Node(source, data, root.marks), problems
    return Node(source, data, _flat(data)), []


def _alike(left: Any, right: Any) -> bool:
    """Whether both have the same keys and lengths, whatever their scalars."""
    if isinstance(right, dict):
        same = isinstance(left, dict) and left.keys() == right.keys()
        return same and all(_alike(left[key], value) for key, value in right.items())
    if isinstance(right, list):
        same = isinstance(left, list) and len(left) == len(right)
        return same and all(map(_alike, left, right))
    return not isinstance(left, dict | list)


def _flat(data: Any) -> Any:
    if isinstance(data, dict):
        return Marks((1, 1), {key: _flat(value) for key, value in data.items()}, dict.fromkeys(data, (1, 1)))
    return Marks((1, 1), [_flat(item) for item in data]) if isinstance(data, list) else (1, 1)


def _shape(root: Node) -> list[Problem]:
    found = shape.faults(root.value, schema("policy-document"))
    return [shape.locate(root, fault) for fault in found]


def _rules(root: Node) -> list[Problem]:
    """Check what the schema leaves out: exactly one of each pair, unique statement ids."""
    statement = root.get("Statement") if isinstance(root.value, dict) else None
    if statement is None:
        return []
    nodes = list(statement.items()) if isinstance(statement.value, list) else [statement]
    problems: list[Problem] = []
    sids: dict[str, Node] = {}
    for node in nodes:
        if not isinstance(node.value, dict):
            continue
        for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
            if (one in node.value) == (other in node.value):
                message = f"a statement needs exactly one of {one} and {other}"
                problems.append(node.problem(message, "remove one" if one in node.value else "add one"))
        sid = node.value.get("Sid")
        if isinstance(sid, str) and sid:
            first = sids.setdefault(sid, node)
            if first is not node:
                message = f"Sid {quoted(sid)} appears twice; the first is at {first['Sid'].position}"
                problems.append(node["Sid"].problem(message, "statement ids are unique within a policy"))
    return problems


def _size(source: Source, data: Any) -> list[Problem]:
    if bad := _NOT_LATIN_1.search(source.text):
        hint = "IAM takes characters up to U+00FF in a policy; use a wildcard"
        place = source.place(bad.start())
        return [source.problem(f"character {quoted(bad[0])} cannot stand in a policy", *place, hint)]
    length = size(compact(data))
    if length <= MAX_SIZE:
        return []
    hint = "split it into two policies"
    return [source.problem(f"{length:,} characters without white space; IAM takes {MAX_SIZE:,}", 1, 1, hint)]
