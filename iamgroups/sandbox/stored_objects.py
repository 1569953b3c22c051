"""The objects that S3 stores: moto's server, in this process.

moto takes a second to import; a sandbox without an S3 lock never does.
"""

import io
from collections.abc import Callable, Iterable
from functools import cached_property
from threading import Lock
from typing import Any
from urllib.parse import unquote

from iamgroups.sandbox.http import Reply, Request
from iamgroups.sandbox.iam_error import IamError


class StoredObjects:
    """moto's server as a WSGI application; one request at a time, which its data wants."""

    def __init__(self) -> None:
        self._lock = Lock()

    def answer(self, request: Request) -> Reply:
        """Let moto answer; raises IamError where it cannot."""
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [int(status[:3]), headers]

        with self._lock:
            try:
                body = b"".join(self._application(_environ(request), start_response))
            except Exception as error:  # moto raises anything for what it does not serve
                raise IamError("NotImplemented", f"The sandbox's S3 fails here: {error}") from error
        status, headers = head
        return Reply(status, dict(headers), body)

    @cached_property
    def _application(self) -> Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        application: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
        return application


def _environ(request: Request) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    host, _, port = request.headers.get("host", "localhost:80").partition(":")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, encoding="latin-1"),
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
    }
    headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in request.headers.items()}
    return {**environ, **headers}
