"""Policy documents: JSON text -> data, with everything that AWS would refuse at its place."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from iamgroups.config import tree
from iamgroups.config.source_file import SourceFile, printable, quoted
from iamgroups.config.tree import Marks, Node
from iamgroups.errors import Position, Problem
from iamgroups.policy.size import MAX_DEPTH, MAX_SIZE, as_sent, compact, depth, size
from iamgroups.policy.statements import Place, located_texts
from iamgroups.policy.template import filled, unknown

if TYPE_CHECKING:
    from iamgroups.policy.grammar import Refusal

# policyDocumentType in botocore's service model for IAM.
_NOT_LATIN_1 = re.compile("[^\t\n\r -\xff]")
_ESCAPED = re.compile(r"\\u(?!00)[0-9a-fA-F]{4}")
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Document:
    """A file's policy document, and what is wrong with it; `data` is None when it is not JSON.

    `partitions`: partition -> the first resource of it. `template`: the text of one that is filled in.
    """

    data: Any
    problems: list[Problem] = field(default_factory=list)
    warnings: list[tuple[str, Position]] = field(default_factory=list)
    partitions: Mapping[str, Node] = field(default_factory=dict)
    template: str = ""


def read_document(source: SourceFile) -> Document:
    """Read the document of a managed policy."""
    duplicates: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(found)
        if len(data) < len(found):
            duplicates.extend(key for key, times in Counter(key for key, _ in found).items() if times > 1)
        return data

    try:
        data = json.loads(
            source.text,
            object_pairs_hook=pairs,
            parse_constant=_refuse_number,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        # Python 3.13 points at the comma, earlier versions at the bracket.
        at_bracket = source.text[error.pos : error.pos + 1] in "]}"
        after_comma = source.text[: error.pos].rstrip().endswith(",")
        trailing = (at_bracket and after_comma) or error.msg.startswith("Illegal trailing comma")
        hint = "JSON has no comma before a closing bracket: take it out" if trailing else None
        return Document(None, [source.problem(message, *source.place(error.pos), hint)])
    except _BadNumberError as error:
        written = re.search(r"[:\[,]\s*()" + re.escape(error.text), source.text)
        place = source.place(written.start(1)) if written else (1, 1)
        message = f"{error.text[:30]} is not a number that a policy can hold"
        return Document(None, [source.problem(message, *place)])
    except RecursionError:
        return Document(None, [source.problem("not valid JSON: nested too deeply", 1, 1)])
    if depth(data) > MAX_DEPTH:
        return Document(None, [source.problem(f"nested more than {MAX_DEPTH} levels deep", 1, 1)])
    root, found = _positions(source, data)
    if duplicates and not found:
        found = [source.problem(f"key {quoted(duplicates[0])} appears twice", 1, 1, "keep one of them")]
    return Document(data, found) if found else _judged(source, root)


def read_template(source: SourceFile, account_id: str) -> Document:
    """Read a document that is filled in for each account, and check it as this account has it."""
    problems = [
        source.problem(
            f"{{{name}}} is not filled in: a template knows {{account_id}} and {{partition}}",
            *source.place(offset),
            "write ${" + name + "} for a variable of IAM's, or take the braces away",
        )
        for offset, name in unknown(source.text)
    ]
    if problems:
        return Document(None, problems)
    shown = replace(source, text=filled(source.text, account_id, "aws"))
    # In a place of {partition} every partition fits. What still names one names it in every account.
    of_any = replace(source, text=filled(source.text, account_id, "*"))
    partitions = read_document(of_any).partitions
    return replace(read_document(shown), partitions=partitions, template=source.text)


class _BadNumberError(Exception):
    """A number that nobody else reads as it is written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _refuse_number(text: str) -> Any:
    raise _BadNumberError(text)


def _whole(text: str) -> int:
    return int(text) if len(text) <= _LONGEST_NUMBER else _refuse_number(text)


def _fraction(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else _refuse_number(text)


def _positions(source: SourceFile, data: Any) -> tuple[Node, list[Problem]]:
    """Find where everything is: nearly all JSON is YAML; the rest is placed at the file's start."""
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


def _judged(source: SourceFile, root: Node) -> Document:
    from iamgroups.policy.grammar import doubts, refusals

    problems = [_problem(root, refusal) for refusal in refusals(as_sent(root.value))]
    problems += _size(source, root.value)
    warnings = [] if problems else [_warning(root, doubt) for doubt in doubts(root.value)]
    return Document(root.value, problems, warnings, {} if problems else _partitions(root))


def _problem(root: Node, refusal: "Refusal") -> Problem:
    message = refusal.message
    if refusal.first is not None:
        message += f"; the first is at {_node(root, refusal.first).position}"
    return _node(root, refusal.place).problem(message, refusal.hint, refusal.key)


def _warning(root: Node, doubt: "Refusal") -> tuple[str, Position]:
    node = _node(root, doubt.place)
    return printable(doubt.message), node.key_position(doubt.key) if doubt.key else node.position


def _node(root: Node, place: Place) -> Node:
    for step in place:
        root = root[step]
    return root


def _partitions(root: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for place, resource in located_texts(root.value, "Resource", "NotResource"):
        partition = "*" if resource == "*" else resource.split(":")[1]
        if partition != "*":
            found.setdefault(partition, _node(root, place))
    return found


def _size(source: SourceFile, data: Any) -> list[Problem]:
    sent = compact(data)
    if bad := _NOT_LATIN_1.search(source.text) or _NOT_LATIN_1.search(sent):
        hint = "IAM takes characters up to U+00FF in a policy; use a wildcard"
        written = _NOT_LATIN_1.search(source.text) or _ESCAPED.search(source.text)
        place = source.place(written.start()) if written else (1, 1)
        return [source.problem(f"character {quoted(bad[0])} cannot stand in a policy", *place, hint)]
    length = size(sent)
    if length <= MAX_SIZE:
        return []
    hint = "split it into two policies"
    return [source.problem(f"{length:,} characters without white space; IAM takes {MAX_SIZE:,}", 1, 1, hint)]
