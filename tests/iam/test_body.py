"""No answer is read without end, however its server sends it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError, ResponseStreamingError
from botocore.httpsession import URLLib3Session

from iamgroups.iam.body import BoundedSession

Send = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(send: Send) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            send(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}"
        finally:
            serving.shutdown()


def begin(handler: BaseHTTPRequestHandler, name: str, value: str) -> None:
    handler.send_response(200)
    handler.send_header(name, value)
    handler.end_headers()


def repeat(handler: BaseHTTPRequestHandler, piece: bytes, pause: float = 0.01) -> None:
    """Write the piece until nobody listens any more."""
    try:
        while True:
            handler.wfile.write(piece)
            time.sleep(pause)
    except OSError:
        handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Content-Length", "100000")
    repeat(handler, b".")


def drip_in_the_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Name: ")
    repeat(handler, b".")


def go_on_without_end(handler: BaseHTTPRequestHandler) -> None:
    repeat(handler, b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_in_chunks(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Transfer-Encoding", "chunked")
    repeat(handler, b"1\r\n.\r\n")


def pour(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Transfer-Encoding", "chunked")
    repeat(handler, b"10000\r\n" + b"." * 65_536 + b"\r\n", pause=0)


def pour_elements(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Content-Length", "4000000")
    try:
        handler.wfile.write(b"<a/>" * 1_000_000)
    except OSError:
        handler.close_connection = True


def break_off(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Content-Length", "100")
    handler.wfile.write(b"half")
    handler.close_connection = True


def break_off_in_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Transfer-Encoding", "chunked")
    handler.wfile.write(b"ff\r\nhalf")
    handler.close_connection = True


def answer(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "Content-Length", "200000")
    handler.wfile.write(b"." * 200_000)


def request(session: BoundedSession, url: str, streamed: bool) -> bytes:
    wanted = AWSRequest(method="GET", url=url).prepare()
    wanted.stream_output = streamed
    response = session.send(wanted)
    return bytes(response.raw.read() if streamed else response.content)


SLOW = (drip, drip_in_chunks, drip_in_the_head, go_on_without_end)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("send", "error", "told"),
    [
        (drip, ResponseStreamingError, "takes longer than 0.3 s"),
        (drip_in_chunks, ResponseStreamingError, "takes longer than 0.3 s"),
        (drip_in_the_head, ReadTimeoutError, "Read timeout"),
        (go_on_without_end, ReadTimeoutError, "Read timeout"),
        (pour, ResponseStreamingError, "larger than 4 MB"),
        (pour_elements, ResponseStreamingError, "more than 600,000 elements"),
        (break_off, ConnectionClosedError, "Connection was closed"),
        (break_off_in_a_chunk, ConnectionClosedError, "Connection was closed"),
    ],
)
def test_an_answer_without_bounds_is_given_up(
    send: Send, error: type[Exception], told: str, streamed: bool
) -> None:
    longest = 0.3 if send in SLOW else 60
    with server(send) as url, pytest.raises(error, match=told):
        request(BoundedSession(URLLib3Session(), most=4 << 20, longest=longest), url, streamed)


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_within_the_bounds_comes_whole_over_one_connection(streamed: bool) -> None:
    ports = set()

    def send(handler: BaseHTTPRequestHandler) -> None:
        ports.add(handler.client_address)
        answer(handler)

    session = BoundedSession(URLLib3Session())
    with server(send) as url:
        assert [request(session, url, streamed) for _ in range(3)] == [b"." * 200_000] * 3
    assert len(ports) == 1
