"""A service as botocore's model describes it: checks every parameter.

botocore itself checks minimum lengths only; AWS also refuses by pattern and maximum, and so do we.
"""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from iamgroups.sandbox.iam_error import IamError

Shape: TypeAlias = Mapping[str, Any]


class Service:
    """One service's model. `operations` and `shapes` are those of `service-2.json`."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        self.operations: Mapping[str, Shape] = model["operations"]
        self.shapes: Mapping[str, Shape] = model["shapes"]
        self.namespace: str = model["metadata"]["xmlNamespace"]

    def input_shape(self, operation: str) -> Shape:
        """Return the operation's parameters as a structure; raises IamError InvalidAction."""
        if operation not in self.operations:
            raise IamError("InvalidAction", f"The sandbox does not answer {operation}.")
        reference = self.operations[operation].get("input")
        return self.shapes[reference["shape"]] if reference else {"type": "structure", "members": {}}

    def check(self, operation: str, params: Mapping[str, Any]) -> None:
        """Refuse what the model forbids: missing, unknown, too long, not matching; raises IamError."""
        shape = self.input_shape(operation)
        faults = [f"{_camel(name)}: unknown parameter" for name in params if name not in shape["members"]]
        self._check_structure(shape, params, "", faults)
        if faults:
            plural = "s" if len(faults) > 1 else ""
            raise IamError(
                "ValidationError",
                f"{len(faults)} validation error{plural} detected: {'; '.join(faults)}",
            )

    def _check_structure(self, shape: Shape, value: Any, at: str, faults: list[str]) -> None:
        if not isinstance(value, Mapping):
            faults.append(_fault(value, at, "Member must be a structure"))
            return
        for name in shape.get("required", ()):
            if value.get(name) is None:
                faults.append(_fault("null", at + _camel(name), "Member must not be null"))
        for name, reference in shape["members"].items():
            if value.get(name) is not None:
                self._check(self.shapes[reference["shape"]], value[name], at + _camel(name), faults)

    def _check(self, shape: Shape, value: Any, at: str, faults: list[str]) -> None:
        kind = shape["type"]
        if kind == "structure":
            self._check_structure(shape, value, at + ".", faults)
        elif kind == "list":
            for number, item in enumerate(value, start=1):
                self._check(self.shapes[shape["member"]["shape"]], item, f"{at}.{number}.member", faults)
        elif kind == "string":
            faults.extend(_string_faults(shape, value, at))
        elif kind in ("integer", "long"):
            faults.extend(_integer_faults(shape, value, at))
        elif kind == "boolean" and not isinstance(value, bool):
            faults.append(_fault(value, at, "Member must be true or false"))

    @cached_property
    def output_shapes(self) -> Mapping[str, tuple[str | None, Shape | None]]:
        """Operation -> (name of the result element, its shape)."""
        found: dict[str, tuple[str | None, Shape | None]] = {}
        for name, operation in self.operations.items():
            output = operation.get("output")
            found[name] = (
                (output.get("resultWrapper"), self.shapes[output["shape"]]) if output else (None, None)
            )
        return found


def _string_faults(shape: Shape, value: Any, at: str) -> list[str]:
    if not isinstance(value, str):
        return [_fault(value, at, "Member must be a string")]
    faults = []
    if len(value) < shape.get("min", 0):
        minimum = shape["min"]
        faults.append(_fault(value, at, f"Member must have length greater than or equal to {minimum}"))
    if len(value) > shape.get("max", len(value)):
        faults.append(_fault(value, at, f"Member must have length less than or equal to {shape['max']}"))
    pattern = shape.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        faults.append(_fault(value, at, f"Member must satisfy regular expression pattern: {pattern}"))
    if "enum" in shape and value not in shape["enum"]:
        faults.append(_fault(value, at, f"Member must satisfy enum value set: {sorted(shape['enum'])}"))
    return faults


def _integer_faults(shape: Shape, value: Any, at: str) -> list[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        return [_fault(value, at, "Member must be an integer")]
    if value < shape.get("min", value):
        return [_fault(value, at, f"Member must have value greater than or equal to {shape['min']}")]
    if value > shape.get("max", value):
        return [_fault(value, at, f"Member must have value less than or equal to {shape['max']}")]
    return []


def _fault(value: Any, at: str, constraint: str) -> str:
    return f"Value '{value}' at '{at}' failed to satisfy constraint: {constraint}"


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \w is ASCII; its \p{..} classes, which Python lacks, stand for letters, marks, digits, spaces.
    return re.compile(re.sub(r"\\p\{[LMZSNP]\}", r"\\w\\s", pattern), 0 if r"\p" in pattern else re.ASCII)


@lru_cache(maxsize=2)
def service(name: str) -> Service:
    """Return the model of `iam` or `sts`, as the installed botocore holds it."""
    from botocore.loaders import Loader

    return Service(Loader().load_service_model(name, "service-2"))
