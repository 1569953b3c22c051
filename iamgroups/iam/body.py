"""Bound the size of an answer and the time it takes: botocore waits for every answer, however it drips."""

import time
from io import BytesIO
from typing import Any

from iamgroups.iam.parallel import within

MOST_BYTES = 32 * 1024 * 1024  # a page of 1,000 users with their inline documents has some 8 MB
# What becomes an object when an answer is parsed: elements, and lists and objects in documents.
# A page of 1,000 users with 50 tags each has some 400,000.
MARKS = (b"<", b"[", b"{", b"%5B", b"%7B", b"%5b", b"%7b")
MOST_MARKS = 600_000
UNCOUNTED = 1024 * 1024  # bytes at the beginning of an answer: most answers end before it does
LONGEST = 300.0  # seconds
SMALL_LONGEST = 30.0  # for credentials and the lock
PIECE = 65_536


class BoundedSession:
    """botocore's HTTP session, which gives up on an answer that is too large or takes too long."""

    def __init__(self, session: Any, most: int = MOST_BYTES, longest: float = LONGEST) -> None:
        self._session = session
        self._most = most
        self._longest = longest

    def send(self, request: Any) -> Any:
        """Send a request and read its answer. Raises: ResponseStreamingError when it has no bounds."""
        streamed, request.stream_output = request.stream_output, True
        deadline = time.monotonic() + self._longest
        response = self._begun(request)
        request.stream_output = streamed
        response._content = self._read(response.raw, deadline)
        if streamed:
            response.raw = BytesIO(response._content)
        return response

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def _begun(self, request: Any) -> Any:
        """Send a request; return its answer once its head has come, which may drip as well."""
        from botocore.exceptions import ReadTimeoutError

        try:
            return within(self._longest, lambda: self._session.send(request))
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error

    def _read(self, raw: Any, deadline: float) -> bytes:
        """Read as botocore does, with its errors."""
        from botocore.exceptions import (
            ConnectionClosedError,
            HTTPClientError,
            ReadTimeoutError,
            ResponseStreamingError,
        )
        from urllib3 import exceptions

        whole, left, marks = BytesIO(), self._most, MOST_MARKS
        try:
            while piece := raw.read1(PIECE):
                left -= len(piece)
                if left < 0:
                    raw.close()
                    raise ResponseStreamingError(error=f"it is larger than {self._most >> 20} MB")
                if time.monotonic() > deadline:
                    raw.close()
                    raise ResponseStreamingError(error=f"it takes longer than {self._longest:g} s")
                if left < self._most - UNCOUNTED:
                    marks -= sum(map(piece.count, MARKS))
                if marks < 0:
                    raw.close()
                    raise ResponseStreamingError(error=f"it has more than {MOST_MARKS:,} elements")
                whole.write(piece)
            if raw.length_remaining:
                error = exceptions.IncompleteRead(self._most - left, raw.length_remaining)
                raise ConnectionClosedError(error=error, endpoint_url=raw.geturl())
        except exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=raw.geturl(), error=error) from error
        except exceptions.ProtocolError as error:
            raise ConnectionClosedError(error=error, endpoint_url=raw.geturl()) from error
        except exceptions.HTTPError as error:
            raise HTTPClientError(error=error) from error
        else:
            return whole.getvalue()
        finally:
            whole.close()  # an error would hold on to it
