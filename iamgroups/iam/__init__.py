"""Read an account into LiveState; send one call. The only home of boto3."""

from iamgroups.iam.connection import Connection, connect

__all__ = ["Connection", "connect"]
