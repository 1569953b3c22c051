"""AWS's catalogue of actions: names, access levels and resource types. Knows no policy and no account."""

import functools
from threading import Lock

from iamgroups.catalogue.actions import LEVELS, Catalogue
from iamgroups.catalogue.cache import load as read

__all__ = ["LEVELS", "Catalogue", "load"]

_LOADING = Lock()
_read_once = functools.cache(read)


def load() -> Catalogue:
    """Return the catalogue, read once a process: each account of a run asks for it."""
    with _LOADING:
        return _read_once()
