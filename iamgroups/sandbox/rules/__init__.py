"""AWS's rules for IAM, written once: one function per operation.

Every operation takes the store and parameters that already passed botocore's model, and returns the answer as
boto3 spells it (documents as dicts); it raises IamError and then has changed nothing.
"""

from collections.abc import Mapping

from iamgroups.sandbox.rules import attachments, details, groups, inline, memberships, policies, roles, users
from iamgroups.sandbox.rules.operation import Operation

OPERATIONS: Mapping[str, Operation] = {
    **attachments.OPERATIONS,
    **details.OPERATIONS,
    **groups.OPERATIONS,
    **inline.OPERATIONS,
    **memberships.OPERATIONS,
    **policies.OPERATIONS,
    **roles.OPERATIONS,
    **users.OPERATIONS,
}
