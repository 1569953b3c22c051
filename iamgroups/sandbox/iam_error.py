"""What IAM answers when it refuses a call.

Codes and HTTP statuses: botocore's service model (`error` of each exception shape) and
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from collections.abc import Mapping
from types import MappingProxyType

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "AccessDenied": 403,
        "ConcurrentModification": 409,
        "DeleteConflict": 409,
        "EntityAlreadyExists": 409,
        "EntityTemporarilyUnmodifiable": 409,
        "ExpiredToken": 403,
        "InternalFailure": 500,
        "InvalidAction": 400,
        "InvalidClientTokenId": 403,
        "InvalidInput": 400,
        "LimitExceeded": 409,
        "MalformedPolicyDocument": 400,
        "NoSuchEntity": 404,
        "NotImplemented": 501,
        "PolicyNotAttachable": 400,
        "RequestLimitExceeded": 503,
        "ServiceFailure": 500,
        "ServiceUnavailable": 503,
        "SlowDown": 503,
        "Throttling": 400,
        "UnmodifiableEntity": 400,
        "ValidationError": 400,
    }
)


class IamError(Exception):
    """A refused call: AWS's error code, its message, the HTTP status it comes with."""

    def __init__(self, code: str, message: str, http_status: int | None = None) -> None:
        self.code = code
        self.message = message
        self.http_status = http_status or STATUS.get(code, 400)
        super().__init__(f"{code}: {message}")
