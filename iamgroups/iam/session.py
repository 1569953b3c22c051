"""The AWS settings boto3 users expect, turned into clients.

botocore is used without boto3's resource layer, which would add 30 ms to every start. Profiles, the
environment, SSO, `credential_process`, `AWS_ENDPOINT_URL*` and CA bundles are botocore's own doing.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from iamgroups import __version__
from iamgroups.collection import no_collection
from iamgroups.errors import CredentialsError, UsageError
from iamgroups.iam.body import LONGEST, SMALL_LONGEST, BoundedSession
from iamgroups.iam.bulk_page import EVENT, take_over
from iamgroups.iam.credentials import Credentials, Login, assume, prepare
from iamgroups.iam.network import check_ca_bundle, check_endpoint
from iamgroups.iam.shared import Shared

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session

# Users, groups and quotas are read at once, however small --concurrency is.
LISTINGS = 3

ROLE = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[!-~]{1,2000}", re.ASCII)

# A region of each partition, for requests signed before we know more than the role's ARN.
_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}


class Clients:
    """One botocore session and its clients, made when first asked for. Every client sends a request once."""

    def __init__(
        self,
        session: "Session",
        region: str,
        config: "Config",
        credentials: Credentials,
    ) -> None:
        self.region = region
        self.credentials = credentials
        self._session = session
        self._config = config
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()

    def get(self, service: str) -> Any:
        """Return the client of `iam`, `sts` or `s3`.

        Raises: UsageError for a bad region or endpoint, CredentialsError, UnreachableError.
        """
        with self._making:
            if service not in self._made:
                # Making a client fetches credentials too, where their errors could not be told from others.
                self.credentials.ready()
                with _quick_imports(service), _settings_checked(self.credentials):
                    client = self._session.create_client(
                        service, region_name=self.region, config=self._config.merge(_own(service))
                    )
                client.meta.events.register(EVENT, take_over)
                self._made[service] = client
        return self._made[service]

    def endpoint(self, service: str) -> str:
        """Return the client's endpoint when it is not one of AWS's own, else ""."""
        url: str = self.get(service).meta.endpoint_url
        host = urlsplit(url).hostname or ""
        partitions = self._session.get_component("data_loader").load_data("partitions")["partitions"]
        suffixes = {partition["outputs"][kind] for partition in partitions for kind in _SUFFIXES}
        return "" if any(host.endswith(f".{suffix}") for suffix in suffixes) else url


_FROZEN: set[str] = set()
_SUFFIXES = ("dnsSuffix", "dualStackDnsSuffix")


def _own(service: str) -> "Config":
    """Return what is particular to a service: a lock is small, and letting go of it must be quick."""
    from botocore.config import Config

    return Config(connect_timeout=3, read_timeout=5) if service == "s3" else Config()


def clients(login: Login, region: str, shared: Shared, *, connections: int, timeout: float) -> Clients:
    """Find credentials and region the way boto3 does; assume the role of `login` on top of them.

    `timeout` (seconds) bounds each wait for an answer. Raises: CredentialsError, UsageError.
    """
    # A copy has credentials of its own. All else, such as botocore's models, is the same for every account.
    session = copy(shared.sessions.get(login.profile, partial(_open, login, region)))
    credentials = Credentials(session, login)
    with _quick_imports("session"), _settings_checked(credentials):
        from botocore.config import Config

        region = region or session.get_config_variable("region") or _default_region(login.role_arn)
        login = replace(login, role_arn=_in_partition(login.role_arn, session, region))
        credentials = Credentials(session, login)
        config = Config(
            connect_timeout=min(10.0, timeout),
            read_timeout=timeout,
            max_pool_connections=max(connections, LISTINGS),
            # A write must be sent once: its outcome is judged, journalled and retried by us alone.
            retries={"mode": "standard", "total_max_attempts": 1},
            user_agent_extra=f"iamgroups/{__version__}",
        )
        check_ca_bundle(session.get_config_variable("ca_bundle") or "")
        if login.role_arn:
            with credentials.checked():
                assume(session, login, region, config, shared)
        return Clients(session, region, config, credentials)


def _in_partition(role_arn: str, session: "Session", region: str) -> str:
    """Return a role's ARN with `{partition}` filled in, or "" for none. Raises: UsageError."""
    if "{partition}" in role_arn:
        role_arn = role_arn.replace("{partition}", session.get_partition_for_region(region))
    if role_arn and not ROLE.fullmatch(role_arn):
        raise UsageError(f"{role_arn!a} is not a role's ARN, such as arn:aws:iam::123456789012:role/NAME")
    return role_arn


def _open(login: Login, region: str) -> "Session":
    """Return a session with the settings of a profile. Raises: CredentialsError, UsageError."""
    with _quick_imports("botocore"):
        session = _session(login)
    credentials = Credentials(session, login)
    with _quick_imports("models"), _settings_checked(credentials), credentials.checked():
        # Where the roles of a profile are assumed: botocore does not look at AWS_REGION.
        region = region or session.get_config_variable("region") or _default_region(login.role_arn)
        session._last_client_region_used = region  # type: ignore[attr-defined]
        session.register_component("data_loader", _loader(session))
        prepare(session, login)
    return session


def _session(login: Login) -> "Session":
    """Return a session whose every client is bounded: those that fetch credentials as well."""
    from botocore.config import Config
    from botocore.session import Session

    class Bounded(Session):
        """Checks the endpoint of a client before anything is sent to it."""

        def create_client(self, *args: Any, **settings: Any) -> Any:
            client: Any = super().create_client(*args, **settings)
            check_endpoint(client.meta.endpoint_url, login.insecure)
            longest = LONGEST if client.meta.service_model.service_name == "iam" else SMALL_LONGEST
            client._endpoint.http_session = BoundedSession(client._endpoint.http_session, longest=longest)
            return client

    session = Bounded(profile=login.profile or None)
    session.set_default_client_config(Config(connect_timeout=10, read_timeout=30))
    return session


def _loader(session: "Session") -> "Loader":
    """Return botocore's loader, spared from looking into the folder of each of 400 services, twice."""
    from botocore.loaders import create_loader

    loader = create_loader(session.get_config_variable("data_path"))
    folders = [Path(path) for path in loader.search_paths]
    services = [found.name for folder in folders if folder.is_dir() for found in folder.iterdir()]
    loader.list_available_services = lambda type_name: services  # type: ignore[method-assign]
    return loader


def _default_region(role_arn: str) -> str:
    partition = role_arn.removeprefix("arn:").partition(":")[0]
    return os.environ.get("AWS_REGION") or _REGIONS.get(partition, "us-east-1")


def _quick_imports(what: str) -> AbstractContextManager[None]:
    """Keep the garbage collector out of what botocore imports and models: a fifth of the start-up time.

    `what` names it. Once a process: what is frozen is never freed.
    """
    if what in _FROZEN:
        return nullcontext()
    _FROZEN.add(what)
    return no_collection(freeze=True)


@contextmanager
def _settings_checked(credentials: Credentials) -> Iterator[None]:
    """Turn what botocore says of bad settings into errors of ours."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except ValueError as error:
        raise UsageError(f"{error}: check --region and AWS_ENDPOINT_URL") from error
    except BotoCoreError as error:
        raise CredentialsError(credentials.problem("", type(error).__name__, str(error))) from error
