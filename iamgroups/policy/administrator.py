"""Which policies let their holders do everything."""

from typing import Any

# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
ADMINISTRATOR = "aws:AdministratorAccess"


def is_administrator(document: Any) -> bool:
    """Tell whether a document allows every action on every resource."""
    from iamgroups.policy.grants import grants_of, is_everything

    return any(is_everything(grant) for grant in grants_of(document))
