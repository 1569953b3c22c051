"""Bound the size of what a server answers: botocore itself reads every answer whole, however long it is."""

from typing import Any

MOST_BYTES = 32 * 1024 * 1024  # a page of 1,000 users with their inline documents has some 8 MB
PIECE = 65_536


class BoundedSession:
    """botocore's HTTP session, which gives up on an answer that is too large."""

    def __init__(self, session: Any, most: int = MOST_BYTES) -> None:
        self._session = session
        self._most = most

    def send(self, request: Any) -> Any:
        """Send a request and read its answer. Raises: ResponseStreamingError when that is too large."""
        streamed, request.stream_output = request.stream_output, True
        response = self._session.send(request)
        request.stream_output = streamed
        if not streamed:
            response._content = self._read(response.raw)
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

        pieces, left = [], self._most
        try:
            for piece in raw.stream(PIECE):
                left -= len(piece)
                if left < 0:
                    raw.close()
                    raise ResponseStreamingError(error=f"it is larger than {self._most >> 20} MB")
                pieces.append(piece)
        except exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=raw.geturl(), error=error) from error
        except exceptions.ProtocolError as error:
            raise ConnectionClosedError(error=error, endpoint_url=raw.geturl()) from error
        except exceptions.HTTPError as error:
            raise HTTPClientError(error=error) from error
        return b"".join(pieces)
