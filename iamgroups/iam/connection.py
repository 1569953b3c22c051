"""Connection: everything that reaches AWS, for one account."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from iamgroups.errors import AccessDeniedError, AccountError, UnreachableError
from iamgroups.iam import read_bulk
from iamgroups.iam.credentials import AskMfa, Login
from iamgroups.iam.parallel import both, within
from iamgroups.iam.session import clients
from iamgroups.iam.shared import Shared
from iamgroups.iam.transport import Transport
from iamgroups.planning.to_read import ToRead
from iamgroups.state import Call, Fact
from iamgroups.state.live import Account, LiveState, OnRead

if TYPE_CHECKING:
    from iamgroups.state.lock import Lock, LockRecord

# A wrong region, endpoint or proxy should be told at once, not after the limit for a busy IAM.
FIRST_CONTACT = 15.0  # seconds
T = TypeVar("T")


class Connection:
    """An AWS account as one caller sees it. Safe to use from several threads."""

    def __init__(self, transport: Transport, read_timeout: float = 600.0) -> None:
        self._transport = transport
        self._read_timeout = read_timeout

    @property
    def requests(self) -> Counter[str]:
        """Return the requests sent so far, by API operation."""
        return self._transport.requests

    def identify(self) -> Account:
        """Return who we are to AWS (sts:GetCallerIdentity).

        Raises: CredentialsError, UnreachableError, AccountError.
        """
        clients = self._transport.clients
        clients.get("sts")
        told, endpoint = self._bounded(
            lambda: both(
                lambda: self._transport.ask("GetCallerIdentity", service="sts", limit=FIRST_CONTACT) or {},
                # The second client is made while the first one waits for its answer.
                lambda: clients.endpoint("iam") or clients.endpoint("sts"),
            )
        )
        arn = str(told.get("Arn", ""))
        if arn.count(":") < 5 or not told.get("Account"):
            raise AccountError("GetCallerIdentity gave no ARN: is AWS_ENDPOINT_URL an AWS endpoint?")
        return Account(
            id=told["Account"],
            partition=arn.split(":")[1],
            caller_arn=arn,
            caller_id=str(told.get("UserId", "")),
            endpoint=endpoint,
        )

    def send(self, call: Call) -> Mapping[str, Any]:
        """Send one write, exactly once. Raises: CallFailed, whose failure says what may be done next."""
        return self._transport.once(call.operation, call.params)

    def read(self, account: Account, progress: OnRead | None = None) -> LiveState:
        """Return the account's groups, users and quotas.

        `progress` is told how far the reading is, from any thread.
        Raises: AccessDeniedError, CredentialsError, UnreachableError, AccountError.
        """
        return self._bounded(lambda: read_bulk.read(self._transport, account, progress))

    def complete(self, live: LiveState, to_read: ToRead) -> LiveState:
        """Return `live` with what planning misses read; what is denied stays unknown, and is in `denied`.

        A policy that is still absent although its kind is listed does not exist.
        Raises: CredentialsError, UnreachableError, AccountError.
        """
        from iamgroups.iam import read_policies

        return self._bounded(lambda: read_policies.complete(self._transport, live, to_read))

    def documents(self, live: LiveState, arns: Collection[str]) -> LiveState:
        """Return `live` with the documents of these managed policies; a denied one stays unknown.

        Raises: CredentialsError, UnreachableError, AccountError.
        """
        return self.complete(live, ToRead(documents=frozenset(arns))) if arns else live

    def read_everything(self, account: Account, progress: OnRead | None = None) -> LiveState:
        """Return all that any plan may ask for, as a snapshot holds it. Raises: as `read`."""
        from iamgroups.iam import read_policies

        live = self.read(account, progress)
        return self._bounded(lambda: read_policies.everything(self._transport, live))

    def shows(self, fact: Fact) -> bool:
        """Tell whether IAM has the fact now. Raises: as `read`."""
        from iamgroups.iam import reread

        return self._bounded(lambda: reread.shows(self._transport, fact))

    def role_policies(self, role_name: str) -> frozenset[str] | None:
        """Return the ARNs of the managed policies attached to a role; None where that may not be read."""
        from iamgroups.iam import reread

        try:
            return self._bounded(lambda: reread.role_policies(self._transport, role_name))
        except AccessDeniedError:
            return None

    def _bounded(self, task: Callable[[], T]) -> T:
        """Read for a bounded time: an answer may drip, and a listing may never end."""
        try:
            return within(self._read_timeout, task)
        except TimeoutError as error:
            self._transport.given_up.set()
            raise UnreachableError(
                f"AWS did not answer in full within {self._read_timeout:g} s: check AWS_ENDPOINT_URL and the "
                "network, or give a longer --read-timeout"
            ) from error

    def lock(self, where: str, owner: str) -> "Lock":
        """Return the lock that `settings.lock` names, not taken yet. Raises: UsageError for another form."""
        from iamgroups.iam.s3_lock import S3Lock

        return S3Lock(self._transport, where, owner)

    def unlock(self, where: str, lock_id: str) -> "LockRecord":
        """End a dead process's hold on the lock. Raises: LockError, UsageError, AccountError."""
        from iamgroups.iam.s3_lock import unlock

        return unlock(self._transport, where, lock_id)


def connect(
    profile: str | None = None,
    region: str | None = None,
    role_arn: str | None = None,
    *,
    external_id: str = "",
    mfa_serial: str = "",
    ask_mfa: AskMfa | None = None,
    insecure_endpoint: bool = False,
    concurrency: int = 10,
    timeout: float = 30.0,
    read_timeout: float = 600.0,
    retry_for: float = 120.0,
    on_wait: Callable[[str], None] | None = None,
    shared: Shared | None = None,
) -> Connection:
    """Return a connection with the AWS settings boto3 users expect; nothing is sent yet.

    `timeout` (seconds) bounds the wait for one answer, `read_timeout` one reading of the account with all its
    pages, `retry_for` the retries of one request.
    `on_wait` is told, from any thread, when a read waits for a busy IAM. `ask_mfa`: the serial number of an
    MFA device -> the code that a person typed. `shared`: what was read for other accounts of the same run.
    Raises: CredentialsError, UsageError.
    """
    login = Login(profile or "", role_arn or "", external_id, mfa_serial, ask_mfa, insecure_endpoint)
    made = clients(
        login,
        region or "",
        shared or Shared(),
        connections=concurrency,
        timeout=timeout,
    )
    transport = Transport(made, concurrency=concurrency, retry_for=retry_for, on_wait=on_wait, shared=shared)
    return Connection(transport, read_timeout)
