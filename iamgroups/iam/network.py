"""What is on the way to AWS: CA bundle, proxy and endpoint, checked before anything is sent."""

from functools import cache
from urllib.parse import urlsplit

from iamgroups.errors import UsageError


@cache
def check_ca_bundle(path: str) -> None:
    """Refuse a CA bundle that cannot be used; "" is none. A good one is read once. Raises: UsageError."""
    if not path:
        return
    import ssl

    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(
            f"the CA bundle {path} cannot be used: {error.strerror or error}: correct AWS_CA_BUNDLE, or "
            "ca_bundle of the profile"
        ) from error


def check_endpoint(url: str, insecure: bool) -> None:
    """Refuse an endpoint that anybody on the way can read, and a malformed proxy. Raises: UsageError."""
    from botocore.utils import get_environ_proxies

    parts = urlsplit(url)
    host = parts.hostname or ""
    local = host in ("localhost", "::1") or host.startswith("127.")
    if parts.scheme == "http" and not (local or insecure):
        raise UsageError(
            f"the endpoint {url} is plain http and not on this machine: anybody on the way can read and "
            "change what is sent. Use https, or give --insecure-endpoint"
        )
    proxy = get_environ_proxies(url).get(parts.scheme, "")
    if proxy and not _is_proxy(proxy):
        raise UsageError(
            f"the proxy of {parts.scheme.upper()}_PROXY is malformed: it should be like "
            "http://proxy.example.com:3128"
        )


def _is_proxy(proxy: str) -> bool:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy.removeprefix('//')}")
    try:
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
