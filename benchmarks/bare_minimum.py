"""The yardstick: the requests of one run and no more, ten at once, as a bare boto3 script would send them.

`python -m benchmarks.bare_minimum plan`, or `plan` or `apply` with BEFORE.json AFTER.json, where each file
maps a group to its policies and members. A plan of changes also reads the documents of the groups that people
join. Must not compare, check, retry by itself, journal or print.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

THREADS = 10
SINGLE = 10  # documents are read one by one up to here, all in use at once beyond
MANY = 2  # policies nobody holds yet are proved one by one up to here, by listing all of AWS's beyond

Call = tuple[str, Mapping[str, Any]]
Groups = Mapping[str, tuple[list[str], list[str]]]


class Script:
    """Two clients and ten threads."""

    def __init__(self) -> None:
        config = Config(max_pool_connections=THREADS, retries={"mode": "adaptive", "max_attempts": 10})
        session = boto3.Session()
        self.sts: Any = session.client("sts", config=config)
        self.iam: Any = session.client("iam", config=config)
        self.pool = ThreadPoolExecutor(THREADS)

    def all(self, tasks: Iterable[Callable[[], object]]) -> None:
        """Run tasks ten at once; wait for all."""
        for future in [self.pool.submit(task) for task in tasks]:
            future.result()

    def pages(self, operation: str, **params: Any) -> None:
        """Read every page of a listing."""
        for _ in self.iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1000}, **params):
            pass

    def details(self) -> list[Callable[[], object]]:
        """Return the tasks that read the quotas, every user and every group."""
        return [
            self.iam.get_account_summary,
            lambda: self.pages("get_account_authorization_details", Filter=["User"]),
            lambda: self.pages("get_account_authorization_details", Filter=["Group"]),
        ]

    def read(self) -> None:
        """Send the requests of a plan."""
        self.sts.get_caller_identity()
        self.all(self.details())

    def documents(self, arns: set[str]) -> None:
        """Read the documents of policies."""
        if len(arns) > SINGLE:
            kinds = ("LocalManagedPolicy", "AWSManagedPolicy")
            self.all(
                [
                    lambda kind=kind: self.pages("get_account_authorization_details", Filter=[kind])
                    for kind in kinds
                ]
            )
        else:
            self.all([lambda arn=arn: self.document(arn) for arn in arns])

    def document(self, arn: str) -> None:
        """Read the default version of one policy."""
        version = self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        self.iam.get_policy_version(PolicyArn=arn, VersionId=version)

    def prove(self, arns: set[str]) -> None:
        """Send what proves that policies exist which nothing holds."""
        if len(arns) > MANY:
            self.pages("list_policies", Scope="AWS")
        else:
            self.all([lambda arn=arn: self.iam.get_policy(PolicyArn=arn) for arn in arns])

    def chain(self, calls: Iterable[Call]) -> Callable[[], object]:
        """Return a task that sends calls one after another."""
        return lambda: [getattr(self.iam, method)(**params) for method, params in calls]


def plan(script: Script, before: Groups, after: Groups) -> None:
    """Send the requests of a plan that says what people gain."""
    script.read()
    joined = [name for name, (_, members) in after.items() if set(members) - set(before[name][1])]
    script.documents({arn for name in joined for arn in after[name][0]})


def apply(script: Script, before: Groups, after: Groups) -> None:
    """Send the requests of an apply: the plan's, the proof of policies, the writes, the proof reading."""
    script.read()
    held = {arn for policies, _ in before.values() for arn in policies}
    if wanted := {arn for policies, _ in after.values() for arn in policies} - held:
        script.prove(wanted)
    script.all(script.chain([("create_group", {"GroupName": name})]) for name in after.keys() - before.keys())
    attach, join = [], []
    for name, (policies, members) in after.items():
        old_policies, old_members = before.get(name, ([], []))
        # One group's attachments go one after another: IAM answers ConcurrentModification otherwise.
        arns = set(policies) - set(old_policies)
        attach.append([("attach_group_policy", {"GroupName": name, "PolicyArn": arn}) for arn in arns])
        for user in set(members) - set(old_members):
            join.append([("add_user_to_group", {"GroupName": name, "UserName": user})])
    script.all(script.chain(calls) for calls in [*attach, *join])
    script.all(script.details())


def main(argv: list[str]) -> None:
    """Run as told by the arguments."""
    script = Script()
    match argv:
        case ["plan"]:
            script.read()
        case ["plan" | "apply" as does, before, after]:
            send = plan if does == "plan" else apply
            send(script, json.loads(Path(before).read_text()), json.loads(Path(after).read_text()))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
