"""What teams write first: one call after another, each group and each person asked about in turn.

`python -m benchmarks.boto3_loop plan|apply WANTED.json`; the file maps a group to its policies and members.
Must stay as naive as it is found in the field: boto3's defaults, no threads, no bulk reading.
"""

import json
import sys
from pathlib import Path

import boto3


def main(action: str, path: str) -> None:
    """Print or make every difference."""
    iam = boto3.client("iam")
    wanted = json.loads(Path(path).read_text())
    users = [
        user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]
    ]
    joined = {
        user: _names(iam, "list_groups_for_user", "Groups", "GroupName", UserName=user) for user in users
    }
    live = _names(iam, "list_groups", "Groups", "GroupName")
    todo = []
    for group, (policies, members) in wanted.items():
        attached: set[str] = set()
        if group in live:
            iam.get_group(GroupName=group)
            operation = "list_attached_group_policies"
            attached = _names(iam, operation, "AttachedPolicies", "PolicyArn", GroupName=group)
        else:
            todo.append(("create_group", {"GroupName": group}))
        for arn in set(policies) - attached:
            todo.append(("attach_group_policy", {"GroupName": group, "PolicyArn": arn}))
        for user in members:
            if group not in joined[user]:
                todo.append(("add_user_to_group", {"GroupName": group, "UserName": user}))
    for method, params in todo:
        print(method, params)
        if action == "apply":
            getattr(iam, method)(**params)


def _names(iam, operation: str, key: str, field: str, **params: str) -> set[str]:
    pages = iam.get_paginator(operation).paginate(**params)
    return {entry[field] for page in pages for entry in page[key]}


if __name__ == "__main__":
    main(*sys.argv[1:])
