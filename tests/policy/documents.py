"""Documents and layers for tests of the evaluation."""

from typing import Any

from iamgroups.policy.evaluate import LabelledPolicy, Layer, LayerKind
from iamgroups.policy.parsed import parse_document


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*entries: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(entries)}


def layer(*documents: Any, kind: LayerKind = "identity") -> Layer:
    read = (None if each is None else parse_document(each) for each in documents)
    return Layer(kind, tuple(LabelledPolicy(f"p{number}", found) for number, found in enumerate(read)))
