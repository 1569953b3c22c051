"""The query protocol: a form in, XML out, both after botocore's model.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Answer
from iamgroups.sandbox.service_model import Service, Shape

_PLAIN = re.compile(r"[ !\"#$%'-;=?-~]*", re.ASCII)
# XML 1.0 has no spelling at all for these.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(service: Service, form: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the operation and its parameters, typed as the model says; raises IamError InvalidAction."""
    operation = form.get("Action", "")
    shape = service.input_shape(operation)
    return operation, _read_structure(service, shape, "", form)


def form(body: bytes) -> dict[str, str]:
    """Decode a form; what is not UTF-8 becomes U+FFFD, which no IAM name may hold."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _read_structure(service: Service, shape: Shape, prefix: str, form: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, reference in shape["members"].items():
        value = _read(service, service.shapes[reference["shape"]], prefix + name, form)
        if value is not None:
            found[name] = value
    return found


def _read(service: Service, shape: Shape, key: str, form: Mapping[str, str]) -> Any:
    kind = shape["type"]
    if kind == "structure":
        return _read_structure(service, shape, f"{key}.", form) or None
    if kind == "list":
        item = service.shapes[shape["member"]["shape"]]
        items: list[Any] = []
        while (value := _read(service, item, f"{key}.member.{len(items) + 1}", form)) is not None:
            items.append(value)
        return items or None
    text = form.get(key)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text or "", text)
    if kind in ("integer", "long") and text is not None:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) else text
    return text


def render(service: Service, operation: str, answer: Mapping[str, Any], request_id: str) -> bytes:
    """Spell an answer as the service does."""
    wrapper, shape = service.output_shapes[operation]
    result = f"<{wrapper}>{_structure(service, shape, answer)}</{wrapper}>" if wrapper and shape else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{operation}Response xmlns="{service.namespace}">{result}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    ).encode()


def render_error(service: Service, error: IamError, request_id: str) -> bytes:
    """Spell a refusal as the service does."""
    kind = "Receiver" if error.http_status >= 500 else "Sender"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="{service.namespace}"><Error>'
        f"<Type>{kind}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def escape(text: str) -> str:
    """Escape for element content; what XML cannot hold becomes U+FFFD."""
    if _PLAIN.fullmatch(text):
        return text
    text = _UNSPEAKABLE.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _structure(service: Service, shape: Shape, value: Mapping[str, Any]) -> str:
    cached = value.xml if isinstance(value, Answer) else None
    if cached is not None:
        return cached
    members = shape["members"]
    parts = []
    for name, item in value.items():
        parts.append(f"<{name}>{_text(service, service.shapes[members[name]['shape']], item)}</{name}>")
    xml = "".join(parts)
    if isinstance(value, Answer):
        value.xml = xml
    return xml


def _text(service: Service, shape: Shape, value: Any) -> str:
    match value:
        case Document():
            return quote(value.text, safe="-_.~")
        case bool():
            return "true" if value else "false"
        case str():
            return escape(value)
        case int():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case list():
            item = service.shapes[shape["member"]["shape"]]
            return "".join(f"<member>{_text(service, item, entry)}</member>" for entry in value)
        case _ if shape["type"] == "map":
            return "".join(f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in value.items())
        case _:
            return _structure(service, shape, value)
