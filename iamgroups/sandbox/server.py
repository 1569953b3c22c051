"""The sandbox's address: HTTP/1.1 on loopback, one thread per connection.

`http.server` answers some 3,400 requests a second over ten connections, client included, on two cores.
"""

import contextlib
import os
import re
import socket
import struct
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any

from iamgroups.errors import UsageError
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import Chaos, Lost
from iamgroups.sandbox.cloud import Cloud
from iamgroups.sandbox.endpoint import Endpoint
from iamgroups.sandbox.http import Reply, Request
from iamgroups.sandbox.request_log import Log

LOOPBACK = "127.0.0.1"
# A region of each partition, for signing; IAM itself has none.
REGIONS = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
# Linger on, for no time: closing then resets.
_RESET = struct.pack("ii", 1, 0)


class _Handler(BaseHTTPRequestHandler):
    """Carries requests to the endpoint and its replies back, each in one write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def _carry(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        if not re.fullmatch("[0-9]{1,8}", length, re.ASCII):
            self._send(
                Reply(400, {"Content-Type": "text/plain"}, b"Content-Length is not a length, or too much.")
            )
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        if headers.get("host", "") not in self.server.hosts:
            # A page in a browser can name this address in its own domain, and would speak to it.
            self._send(Reply(403, {"Content-Type": "text/plain"}, b"The sandbox answers its own host only."))
            return
        try:
            reply = self.server.endpoint.answer(Request(self.command, self.path, headers, body))
        except Lost as lost:
            self._lose(lost)
        else:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _carry

    def _send(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} {_reason(reply.status)}"]
        lines += [
            f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "content-length"
        ]
        length = reply.headers.get("Content-Length") if self.command == "HEAD" else None
        lines.append(f"Content-Length: {length or len(reply.body)}\r\n\r\n")
        body = b"" if self.command == "HEAD" else reply.body
        self.wfile.write("\r\n".join(lines).encode("latin-1", "replace") + body)

    def _lose(self, lost: Lost) -> None:
        """Send nothing: reset the connection at once, or when its client gives up."""
        if lost.silent:
            with contextlib.suppress(OSError):
                self.connection.recv(1)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # The file objects around it would keep an ordinary close() waiting, and the client would see an end.
        os.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the endpoint's log has it all."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Handler)
        self.hosts = {f"{host}:{self.server_address[1]}" for host in (LOOPBACK, "localhost")}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, and answer it in a thread of its own."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every open connection."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client goes away; anything else is a defect and shows its traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Serving:
    """A running sandbox, and a context manager that stops it."""

    def __init__(self, endpoint: Endpoint, server: _Server, thread: Thread) -> None:
        self.endpoint = endpoint
        self._server = server
        self._thread = thread
        self.url = f"http://{LOOPBACK}:{server.server_address[1]}"

    @property
    def cloud(self) -> Cloud:
        """Return the accounts behind it."""
        return self.endpoint.cloud

    @property
    def iam(self) -> StrictIam:
        """Return the account dummy credentials work in."""
        return self.endpoint.cloud.home

    @property
    def log(self) -> Log:
        """Return every request so far."""
        return self.endpoint.log

    def environment(self, access_key: str = "sandbox", secret: str = "sandbox") -> dict[str, str]:
        """Return what to export so that any AWS tool talks to it."""
        region = REGIONS.get(self.iam.partition, "us-east-1")
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        }

    def wait(self) -> None:
        """Block until it is closed; a signal's KeyboardInterrupt passes through."""
        while self._thread.is_alive():
            self._thread.join(timeout=1.0)

    def close(self) -> None:
        """Stop answering and end every connection."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()

    def __enter__(self) -> "Serving":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(iam: StrictIam | Cloud, port: int = 0, latency: float = 0.0, chaos: Chaos | None = None) -> Serving:
    """Start answering on loopback; port 0 takes a free one. `latency`: seconds added to every answer.

    Raises UsageError when the port cannot be had.
    """
    cloud = iam if isinstance(iam, Cloud) else Cloud(iam)
    endpoint = Endpoint(cloud, latency, chaos)
    try:
        server = _Server(port, endpoint)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Port {port} on {LOOPBACK} cannot be had: {error}; --port 0 takes a free one"
        ) from error
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return Serving(endpoint, server, thread)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
