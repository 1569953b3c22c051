"""Re-read one fact, with the cheapest call that tells."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from iamgroups.iam.transport import Transport
from iamgroups.state import Fact
from iamgroups.state.call import Reread, Told


def shows(transport: Transport, fact: Fact) -> bool:
    """Tell whether IAM has the fact: a group at its path, a policy with its document.

    A PolicyFact without a document shows when the policy exists.
    Raises: AccessDeniedError, CredentialsError, UnreachableError, AccountError.
    """
    told: Mapping[str, Any] = {}
    for reread in fact.rereads():
        found = next((entry for entry in _entries(transport, reread, told) if _fits(reread, entry)), None)
        if found is None:
            return False
        told = found
    return True


def role_policies(transport: Transport, role: str) -> frozenset[str]:
    """Return the ARNs of the managed policies attached to a role. Raises: as `shows`."""
    pages = transport.pages("ListAttachedRolePolicies", {"RoleName": role})
    return frozenset(told["PolicyArn"] for page in pages for told in page.get("AttachedPolicies", ()))


def _entries(transport: Transport, reread: Reread, told: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Yield what the reading finds: the answer itself, or each entry of the list in it."""
    params = {
        key: _at(told, value.keys) if isinstance(value, Told) else value
        for key, value in reread.params.items()
    }
    if reread.each:
        for page in transport.pages(reread.operation, params):
            yield from page.get(reread.each, ())
    elif (answer := transport.ask(reread.operation, params)) is not None:
        yield answer


def _fits(reread: Reread, entry: Mapping[str, Any]) -> bool:
    return reread.fits is None or reread.fits(_at(entry, reread.keys))


def _at(told: Any, keys: Iterable[str]) -> Any:
    return reduce(lambda value, key: value[key], keys, told)
