"""botocore's errors, translated once: into a Failure for writes, into an AccountError for reads.

Sources: the error lists of botocore's `iam` and `sts` service models,
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and `botocore.exceptions`.
"""

from iamgroups.errors import AccessDeniedError, AccountError, CredentialsError, UnreachableError
from iamgroups.state.failure import CallFailed, Failure

# Without the suffix "Exception", which some endpoints add.
_CODES: dict[Failure, tuple[str, ...]] = {
    Failure.THROTTLED: (
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttled",
        "Throttling",
        "TooManyRequests",
    ),
    Failure.UNANSWERED: (
        "InternalError",
        "InternalFailure",
        "RequestTimeout",
        "ServiceFailure",
        "ServiceUnavailable",
    ),
    Failure.BUSY: ("ConcurrentModification", "EntityTemporarilyUnmodifiable"),
    Failure.ABSENT: ("NoSuchEntity",),
    Failure.EXISTS: ("EntityAlreadyExists",),
    Failure.EXPIRED: (
        "AuthFailure",
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClient",
    ),
}
FAILURES = {code: failure for failure, codes in _CODES.items() for code in codes}
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")

_SERVICES = {"GetCallerIdentity": "sts", "GetObject": "s3", "PutObject": "s3"}

# What may be sent again unchanged; a read always may.
TRANSIENT = (Failure.THROTTLED, Failure.UNANSWERED, Failure.BUSY)

_ADVICE = {
    "NoSuchBucket": "create the bucket, or correct settings.lock",
    "EndpointConnectionError": "check --region, AWS_ENDPOINT_URL and the network",
}

NOT_AWS = "the answer is not AWS's, or not all of it came"
MOST_WORDS = 2_000  # characters of what somebody else's error says

# What botocore's parser raises when an answer is XML but not AWS's.
UNREADABLE = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


def failure_of(code: str, status: int) -> Failure:
    """Return the failure of a request that AWS answered with an error code and an HTTP status."""
    known = FAILURES.get(code.removesuffix("Exception"))
    if known is not None:
        return known
    if status == 429:
        return Failure.THROTTLED
    return Failure.UNANSWERED if status >= 500 or status == 408 else Failure.REFUSED


def call_failed(operation: str, error: Exception) -> CallFailed:
    """Translate what botocore raised for one request; a ClientError, a BotoCoreError or an HTTP failure."""
    from botocore import exceptions

    name = type(error).__name__
    if isinstance(error, exceptions.ClientError):
        told = error.response.get("Error", {})
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        code = str(told.get("Code") or status or "Unknown")
        message = str(told.get("Message") or "no message")
        if error.operation_name != operation:
            return CallFailed(operation, Failure.EXPIRED, code, f"{error.operation_name}: {message}")
        return CallFailed(operation, failure_of(code, status), code, message)
    said = words(error)
    if isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return CallFailed(operation, Failure.REFUSED, name, f"{said} (a proxy's CA goes into AWS_CA_BUNDLE)")
    if isinstance(error, exceptions.ParamValidationError):
        return CallFailed(operation, Failure.REFUSED, name, said)
    if isinstance(error, _unanswered()):
        said = f"{NOT_AWS}: {said}" if isinstance(error, UNREADABLE) else said
        return CallFailed(operation, Failure.UNANSWERED, name, said)
    return CallFailed(operation, Failure.EXPIRED, name, said)


def words(error: Exception) -> str:
    """Return what an error says in one line of bearable length: botocore quotes a whole answer."""
    from botocore.parsers import ResponseParserError

    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, ResponseParserError):
        why = str(error).split("\n")[0].partition(", invalid XML")[0]
        return f"{NOT_AWS}: {why[:MOST_WORDS]}"
    return " ".join(str(error).split())[:MOST_WORDS] or "no reason was given"


def account_error(failed: CallFailed) -> AccountError:
    """Return what a person is told when a read did not succeed, with what to do next."""
    told = f"{failed.operation}: {failed.message} ({failed.code})"
    advice = f": {_ADVICE[failed.code]}" if failed.code in _ADVICE else ""
    if failed.failure is Failure.EXPIRED:
        return CredentialsError(failed.message)
    if failed.failure in TRANSIENT:
        return UnreachableError(f"AWS did not answer in time: {told}{advice}")
    if failed.code in DENIED:
        action = f"{_SERVICES.get(failed.operation, 'iam')}:{failed.operation}"
        return AccessDeniedError(f"{action} is missing: {failed.message}", action)
    return AccountError(f"AWS refused {told}{advice}")


def _unanswered() -> tuple[type[Exception], ...]:
    """Return botocore's errors after which nobody knows whether the request arrived."""
    from botocore import exceptions, parsers

    return (
        exceptions.ConnectionError,
        exceptions.HTTPClientError,
        exceptions.IncompleteReadError,
        exceptions.ResponseStreamingError,
        parsers.ResponseParserError,
        *UNREADABLE,
    )
