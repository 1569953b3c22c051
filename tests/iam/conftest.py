"""A scripted endpoint on loopback: each test says what AWS answers to each request."""

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from iamgroups.iam import Connection
from iamgroups.iam.credentials import Login
from iamgroups.iam.session import Clients, clients
from iamgroups.iam.shared import Shared
from iamgroups.iam.transport import Transport

Params = dict[str, str]
# status and body; or None: the connection is reset without an answer
Answer = tuple[int, str] | None

IDENTITY = (
    200,
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ops</Arn>"
    "<UserId>AIDAOPS</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    "</GetCallerIdentityResponse>",
)


def error(status: int, code: str, message: str = "told by the test") -> Answer:
    return status, (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>r</RequestId></ErrorResponse>"
    )


def answer(operation: str, result: str = "") -> Answer:
    return 200, f"<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"


class Script:
    """Answers in turn, per operation; the last one is repeated. `seen` is every request in order."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer | Callable[[Params], Answer]]] = {"GetCallerIdentity": [IDENTITY]}
        self.seen: list[tuple[str, Params]] = []
        self._lock = threading.Lock()
        self.url = ""

    def say(self, operation: str, *answers: Answer | Callable[[Params], Answer]) -> None:
        self.answers[operation] = list(answers)

    def respond(self, body: str) -> Answer:
        params = dict(parse_qsl(body, keep_blank_values=True))
        operation = params.pop("Action")
        params.pop("Version")
        with self._lock:
            self.seen.append((operation, params))
            left = self.answers.get(operation) or [error(400, "InvalidAction", operation)]
            told = left[0] if len(left) == 1 else left.pop(0)
        return told(params) if callable(told) else told


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    script: Script


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        told = self.server.script.respond(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if told is None:
            self.close_connection = True
            return
        status, text = told
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def _server() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def _clients(_server: _Server) -> Clients:
    """Made once: a session and its clients cost a quarter of a second."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{_server.server_port}")
        made = clients(Login(), "", Shared(), connections=10, timeout=5)
        for service in ("iam", "sts"):
            made.get(service)
    return made


@pytest.fixture
def script(_server: _Server) -> Script:
    _server.script = Script()
    _server.script.url = f"http://127.0.0.1:{_server.server_port}"
    return _server.script


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def connection(script: Script, keys: None, _clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A connection to the scripted endpoint, with little patience."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    return Connection(Transport(_clients, concurrency=10, retry_for=5))
