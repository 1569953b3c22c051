"""Read an account into LiveState; send one call. The only home of boto3."""

from iamgroups.iam.connection import Connection, connect
from iamgroups.iam.shared import Shared

__all__ = ["Connection", "Shared", "connect"]
