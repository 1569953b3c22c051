"""What people hold: grants, the sources they come through, before and after a set of changes. Pure."""

from iamgroups.access.access import Access
from iamgroups.access.source import ALWAYS, Source, When

__all__ = ["ALWAYS", "Access", "Source", "When"]
