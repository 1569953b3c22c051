"""Where credentials come from, and what to tell somebody who has none that work.

botocore raises errors of a dozen unrelated classes while it gets or renews credentials. So an error is known
by when it comes, not by its class.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iamgroups.errors import CredentialsError, IamGroupsError, UnreachableError
from iamgroups.iam.errors import TRANSIENT, call_failed, words
from iamgroups.iam.shared import Shared

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session

AskMfa = Callable[[str], str]  # serial number -> the code that a person typed

NONE_FOUND = "give --profile, set AWS_PROFILE, or run `aws configure` or `aws sso login`"
RENEW = "renew them (`aws sso login`, `aws login`, or new keys) and run again"
CHECK = (
    "check the profile in ~/.aws/config and the AWS_* variables; `aws sts get-caller-identity` tries the same"
)
# By botocore's class or AWS's error code.
ADVICE = {
    **dict.fromkeys(
        (
            "CredentialRetrievalError",
            "ExpiredToken",
            "ExpiredTokenException",
            "LoginRefreshRequired",
            "LoginTokenLoadError",
            "RequestExpired",
            "RefreshWithMFAUnsupportedError",
            "RuntimeError",
            "SSOTokenLoadError",
            "TokenRefreshRequired",
            "TokenRetrievalError",
            "UnauthorizedSSOTokenError",
        ),
        RENEW,
    ),
    "NoCredentialsError": NONE_FOUND,
    "ProfileNotFound": "see `aws configure list-profiles` for the profiles there are",
    "InvalidClientTokenId": "AWS does not know these keys; keys of another partition need its region, "
    "such as --region cn-north-1 or us-gov-west-1",
    "SignatureDoesNotMatch": "the secret key is wrong, or this machine's clock is",
    "AccessDenied": "check that the role exists and trusts the caller, and that the caller may assume it",
    "MfaNeeded": "run any command once at a terminal, which keeps the session for the next ones, "
    "or give credentials that have MFA already (`aws sts get-session-token`)",
    "FileNotFoundError": CHECK,
    "PermissionError": CHECK,
}


# By botocore's name of what gave the credentials.
SOURCES = {
    "env": " of the environment (AWS_ACCESS_KEY_ID)",
    "shared-credentials-file": " of ~/.aws/credentials",
    "config-file": " of ~/.aws/config",
    "assume-role-with-web-identity": " of the web identity token",
    "container-role": " of the container's role",
    "iam-role": " of the machine's role",
}


class MfaNeeded(Exception):
    """A code of an MFA device is needed, and nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in, as the options say; "" where they do not."""

    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    mfa_serial: str = ""
    ask_mfa: AskMfa | None = None
    insecure: bool = False  # an endpoint may be plain http on another machine


class Credentials:
    """The credentials of one session: fetched when they are first needed, and renewed in time."""

    def __init__(self, session: "Session", login: Login) -> None:
        self._session = session
        self._login = login

    @property
    def source(self) -> str:
        """Say where they come from."""
        # Keys of the environment go before those of AWS_PROFILE.
        method = getattr(self._session._credentials, "method", "")  # type: ignore[attr-defined]
        profile = "" if method == "env" else self._session.profile
        told = f" of profile {profile}" if profile else SOURCES.get(method, "")
        return f"{told} for {self._login.role_arn}" if self._login.role_arn else told

    def ready(self) -> None:
        """Fetch the credentials, or renew those that end soon. Raises: CredentialsError, UnreachableError."""
        with self.checked():
            found: Any = self._session.get_credentials()
            if found is None:
                raise CredentialsError(f"no AWS credentials were found: {NONE_FOUND}")
            if not isinstance(found, _Checked):
                found = _Checked(found, self)
                self._session._credentials = found  # type: ignore[attr-defined]
            found.get_frozen_credentials()

    def problem(self, operation: str, code: str, message: str) -> str:
        """Say that they do not work, whose they are, and what to do."""
        advice = ADVICE.get(code, CHECK)
        what = f"{operation}: {message}" if operation else message
        return f"the AWS credentials{self.source} do not work: {what} ({code}): {advice}"

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Turn all that can fail while credentials are fetched into one error."""
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectionError,
            HTTPClientError,
            ResponseStreamingError,
        )
        from botocore.parsers import ResponseParserError

        try:
            yield
        except IamGroupsError:
            raise
        except (ConnectionError, HTTPClientError, ResponseStreamingError, ResponseParserError) as error:
            raise self._unanswered(words(error)) from error
        except ClientError as error:
            failed = call_failed(error.operation_name, error)
            if failed.failure in TRANSIENT:
                raise self._unanswered(f"{failed.operation}: {failed.message} ({failed.code})") from error
            raise CredentialsError(self.problem(failed.operation, failed.code, failed.message)) from error
        except (BotoCoreError, MfaNeeded, ArithmeticError, EOFError, LookupError, OSError) as error:
            raise CredentialsError(self.problem("", type(error).__name__, words(error))) from error
        except (AttributeError, RuntimeError, TypeError, ValueError) as error:
            raise CredentialsError(self.problem("", type(error).__name__, words(error))) from error

    def _unanswered(self, told: str) -> UnreachableError:
        return UnreachableError(
            f"AWS did not answer in time while credentials{self.source} were fetched: {told}: "
            "check --region, AWS_ENDPOINT_URL and the network"
        )


class _Checked:
    """The credentials as botocore has them, which it renews when it signs a request."""

    def __init__(self, credentials: Any, told_by: Credentials) -> None:
        self._credentials = credentials
        self._told_by = told_by

    def __getattr__(self, name: str) -> Any:
        return getattr(self._credentials, name)

    def get_frozen_credentials(self) -> Any:
        """Return credentials to sign with. Raises: CredentialsError, UnreachableError."""
        with self._told_by.checked():
            return self._credentials.get_frozen_credentials()


def prepare(session: "Session", login: Login) -> None:
    """Let a session ask for MFA codes, and keep sessions as the AWS CLI does."""
    cache = _cache() if _keeps_sessions(session) else {}
    chain = session.get_component("credential_provider")
    for name in ("assume-role", "assume-role-with-web-identity"):
        chain.get_provider(name).cache = cache
    assume_role = chain.get_provider("assume-role")
    assume_role._prompter = _prompter(login.ask_mfa)
    # One is for the profile itself, the other for the profiles that roles are assumed with.
    chain.get_provider("custom-process")._popen = _start
    assume_role._profile_provider_builder._create_process_provider = partial(_process_provider, session)


def _process_provider(session: "Session", profile_name: str) -> Any:
    from botocore.credentials import ProcessProvider

    return ProcessProvider(profile_name, lambda: session.full_config, _start)


def _start(command: Sequence[str], **pipes: Any) -> Any:
    """Start a `credential_process`."""
    from iamgroups.iam.credential_process import CredentialProcess

    return CredentialProcess(command, **pipes)


def assume(session: "Session", login: Login, region: str, config: "Config", shared: Shared) -> None:
    """Give a session credentials that assume the role of the options, and renew themselves.

    Raises: CredentialsError, and what botocore raises.
    """
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
        create_mfa_serial_refresher,
    )

    chain = session.get_component("credential_provider")
    source = shared.sources.get(login.profile, chain.load_credentials)
    if source is None:
        raise CredentialsError(f"no AWS credentials were found to assume {login.role_arn} with: {NONE_FOUND}")

    def create(service: str, **keys: Any) -> Any:
        make = partial(session.create_client, service, region_name=region, config=config, **keys)
        return shared.clients.get((service, region, keys["aws_access_key_id"]), make)

    extra = {"RoleSessionName": os.environ.get("AWS_ROLE_SESSION_NAME", "iamgroups")}
    extra |= {"ExternalId": login.external_id} if login.external_id else {}
    extra |= {"SerialNumber": login.mfa_serial} if login.mfa_serial else {}
    fetcher = AssumeRoleCredentialFetcher(
        create,
        source,
        login.role_arn,
        extra_args=extra,
        mfa_prompter=_prompter(login.ask_mfa),
        cache=chain.get_provider("assume-role").cache if login.mfa_serial else {},
    )
    fetch = fetcher.fetch_credentials
    if login.mfa_serial:
        fetch = create_mfa_serial_refresher(fetch)
    own = DeferredRefreshableCredentials(method="iamgroups-role-arn", refresh_using=fetch)
    session._credentials = own  # type: ignore[attr-defined]


def _prompter(ask: AskMfa | None) -> Callable[[str], str]:
    """Return what botocore calls with "Enter MFA code for SERIAL: "."""

    def prompt(question: str) -> str:
        device = question.removeprefix("Enter MFA code for ").removesuffix(": ")
        code = ask(device) if ask else ""
        if not code:
            raise MfaNeeded(
                f"a code of the MFA device {device} is needed, and there is no terminal to ask at"
            )
        return code

    return prompt


def _keeps_sessions(session: "Session") -> bool:
    """Tell whether sessions may be kept: those of another endpoint must never be taken for AWS's."""
    told = any(name.startswith("AWS_ENDPOINT_URL") and value for name, value in os.environ.items())
    return not (told or session.get_config_variable("endpoint_url"))


def _cache() -> Any:
    """Return the cache of the AWS CLI: a code typed for one command is enough for the next ones."""
    from botocore.utils import JSONFileCache

    class Cache(JSONFileCache):
        """A folder that cannot be written, or a file in it that cannot be read, is no reason to fail."""

        def __contains__(self, key: str) -> bool:
            with suppress(KeyError):
                return isinstance(self[key].get("Credentials"), dict)
            return False

        def __setitem__(self, key: str, value: Any) -> None:
            with suppress(OSError):
                super().__setitem__(key, value)

    return Cache(str(Path("~/.aws/cli/cache").expanduser()))
