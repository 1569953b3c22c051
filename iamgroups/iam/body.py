"""Bound the size of an answer and the time it takes: botocore reads every answer whole, however it drips."""

import time
from io import BytesIO
from typing import Any

MOST_BYTES = 32 * 1024 * 1024  # a page of 1,000 users with their inline documents has some 8 MB
LONGEST = 300.0  # seconds
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
        response = self._session.send(request)
        request.stream_output = streamed
        response._content = self._read(response.raw)
        if streamed:
            response.raw = BytesIO(response._content)
        return response

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def _read(self, raw: Any) -> bytes:
        """Read as botocore does, with its errors."""
        from botocore.exceptions import (
            ConnectionClosedError,
            HTTPClientError,
            ReadTimeoutError,
            ResponseStreamingError,
        )
        from urllib3 import exceptions

        pieces, left, deadline = [], self._most, time.monotonic() + self._longest
        try:
            while piece := raw.read1(PIECE):
                left -= len(piece)
                if left < 0:
                    raw.close()
                    raise ResponseStreamingError(error=f"it is larger than {self._most >> 20} MB")
                if time.monotonic() > deadline:
                    raw.close()
                    raise ResponseStreamingError(error=f"it takes longer than {self._longest:g} s")
                pieces.append(piece)
            if raw.length_remaining:
                error = exceptions.IncompleteRead(self._most - left, raw.length_remaining)
                raise ConnectionClosedError(error=error, endpoint_url=raw.geturl())
        except exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=raw.geturl(), error=error) from error
        except exceptions.ProtocolError as error:
            raise ConnectionClosedError(error=error, endpoint_url=raw.geturl()) from error
        except exceptions.HTTPError as error:
            raise HTTPClientError(error=error) from error
        return b"".join(pieces)
