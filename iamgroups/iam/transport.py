"""Send one request, or one read until it is answered.

A write goes through `once`: a single attempt whose failure is a CallFailed. A read goes through `ask`, which
tries again while that can help.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iamgroups.errors import AccountError, CredentialsError, UnreachableError
from iamgroups.iam.bulk_page import page_of
from iamgroups.iam.errors import TRANSIENT, UNREADABLE, account_error, call_failed
from iamgroups.iam.session import Clients
from iamgroups.iam.shared import Shared
from iamgroups.state.failure import CallFailed, Failure

Params = Mapping[str, Any]
NO_PARAMS: Params = {}

LONGEST_PAUSE = 20.0  # seconds
WORTH_TELLING = 2.0  # seconds
MOST_PAGES = 2_000
MOST_ENTRIES = 50_000  # IAM allows 5,000 users


class Transport:
    """The clients of one account. `requests` counts every attempt sent, by API operation.

    `shared`: what other accounts of the same run have read; None for an account alone.
    """

    def __init__(
        self,
        clients: Clients,
        *,
        concurrency: int,
        retry_for: float,
        on_wait: Callable[[str], None] | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.clients = clients
        self.shared = shared
        self.concurrency = concurrency
        self.retry_for = retry_for
        self.requests: Counter[str] = Counter()
        self._on_wait = on_wait or (lambda message: None)
        self._counting = threading.Lock()
        # Set once nobody waits for what is being read.
        self.given_up = threading.Event()

    def once(self, operation: str, params: Params, service: str = "iam") -> Mapping[str, Any]:
        """Send one request, exactly once. Raises: CallFailed, with what it means for the sender."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            method = getattr(self.clients.get(service), xform_name(operation))
            with self._counting:
                self.requests[operation] += 1
            return page_of(method(**params))
        except CredentialsError as error:
            code = type(error.__cause__).__name__
            raise CallFailed(operation, Failure.EXPIRED, code, str(error)) from error
        except UnreachableError as error:
            # No credentials were got, so nothing was sent.
            code = type(error.__cause__).__name__
            raise CallFailed(operation, Failure.BUSY, code, str(error)) from error
        except (BotoCoreError, ClientError, ResponseParserError, *UNREADABLE) as error:
            raise self._with_source(call_failed(operation, error)) from error

    def _with_source(self, failed: CallFailed) -> CallFailed:
        """Return the same; where the credentials do not work it says whose they are and what to do."""
        if failed.failure is not Failure.EXPIRED:
            return failed
        told = self.clients.credentials.problem(failed.operation, failed.code, failed.message)
        return CallFailed(failed.operation, failed.failure, failed.code, told)

    def until_answered(
        self, operation: str, params: Params, service: str = "iam", limit: float | None = None
    ) -> Mapping[str, Any]:
        """Send a request until it is answered, for at most `limit` seconds. Raises: CallFailed.

        For reads, and for writes whose repetition is harmless or noticed.
        """
        deadline = time.monotonic() + (self.retry_for if limit is None else limit)
        pause = 0.1
        while True:
            try:
                return self.once(operation, params, service)
            except CallFailed as failed:
                left = deadline - time.monotonic()
                if failed.failure not in TRANSIENT or left <= 0:
                    raise
                pause = min(pause * 2, LONGEST_PAUSE)
                wait = min(left, pause * random.uniform(0.5, 1))
                if wait >= WORTH_TELLING:
                    self._on_wait(f"{failed.operation}: {failed.code}; waiting {wait:.0f} s")
            time.sleep(wait)

    def ask(
        self, operation: str, params: Params = NO_PARAMS, service: str = "iam", limit: float | None = None
    ) -> Mapping[str, Any] | None:
        """Send a read until it is answered; None when IAM has no such entity.

        Raises: AccessDeniedError, CredentialsError, UnreachableError, AccountError.
        """
        try:
            return self.until_answered(operation, params, service, limit)
        except CallFailed as failed:
            if failed.failure is Failure.ABSENT:
                return None
            raise account_error(failed) from failed

    def pages(self, operation: str, params: Params = NO_PARAMS) -> Iterator[Mapping[str, Any]]:
        """Yield a listing's pages, following IsTruncated and Marker; none when IAM has no such entity.

        Raises: as `ask`; AccountError rather than a partial listing.
        """
        seen: set[str] = set()
        entries = 0
        marker: dict[str, str] = {}
        while (page := self.ask(operation, {**params, "MaxItems": 1000, **marker})) is not None:
            yield page
            if not page.get("IsTruncated"):
                return
            following = str(page.get("Marker") or "")
            if not following or following in seen:
                raise AccountError(f"{operation}: the listing never ends, IAM gave no new marker")
            seen.add(following)
            entries += sum(len(listed) for listed in page.values() if isinstance(listed, list))
            if len(seen) >= MOST_PAGES or entries > MOST_ENTRIES or self.given_up.is_set():
                told = f"after {len(seen):,} pages with {entries:,} entries"
                raise AccountError(f"{operation}: the listing never ends, {told}")
            marker = {"Marker": following}
        if marker:
            raise AccountError(f"{operation}: what was being listed is gone; run again")
