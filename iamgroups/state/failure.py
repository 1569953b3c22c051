"""What a failed API call means for its sender."""

from enum import Enum


class Failure(Enum):
    """How a call ended that did not succeed."""

    THROTTLED = "throttled"  # refused for its rate; nothing was done
    UNANSWERED = "unanswered"  # 5xx, timeout, reset: a write may or may not have been done
    BUSY = "busy"  # ConcurrentModification, EntityTemporarilyUnmodifiable: nothing was done
    ABSENT = "absent"  # NoSuchEntity
    EXISTS = "exists"  # EntityAlreadyExists
    EXPIRED = "expired"  # credentials no longer good
    REFUSED = "refused"  # AccessDenied, LimitExceeded, DeleteConflict, anything else


class CallFailed(Exception):
    """An API call that did not succeed. `code` is AWS's error code, or the transport error's name."""

    def __init__(self, operation: str, failure: Failure, code: str, message: str) -> None:
        self.operation = operation
        self.failure = failure
        self.code = code
        self.message = message
        super().__init__(f"{operation}: {code}: {message}")
