"""AWS's catalogue of actions: names, access levels and resource types. Knows no policy and no account."""

from iamgroups.catalogue.actions import LEVELS, Catalogue
from iamgroups.catalogue.cache import load

__all__ = ["LEVELS", "Catalogue", "load"]
