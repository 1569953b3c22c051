"""Prove that policies exist, and read what planning asks about them.

A denied call leaves its answer unknown and its action in `denied`.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from iamgroups.errors import AccessDeniedError
from iamgroups.iam.bulk_page import OPERATION
from iamgroups.iam.parallel import gather
from iamgroups.iam.shared import AwsPolicies
from iamgroups.iam.transport import Transport
from iamgroups.planning.to_read import ToRead
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold, is_aws_managed, parse_policy_arn

# So many policies are proved one by one; beyond it, listing all of AWS's (two pages) costs no more.
FEW = 2
# So many documents are read one by one, two requests each and side by side; a page of all is slower.
SINGLE = 10
FILTERS = ("LocalManagedPolicy", "AWSManagedPolicy")


def complete(transport: Transport, live: LiveState, to_read: ToRead) -> LiveState:
    """Return `live` with what is missing read, as far as it is allowed and exists.

    Raises: CredentialsError, UnreachableError, AccountError.
    """
    reading = _Reading(transport, live)
    reading.run([reading.list_local] if to_read.local else [])
    reading.run([partial(reading.prove, sorted(to_read.aws))] if to_read.aws else [])
    reading.run([partial(reading.detail, arn) for arn in sorted(to_read.details)])
    _read_documents(reading, to_read.documents)
    reading.run([partial(reading.versions, arn) for arn in sorted(to_read.versions)])
    return reading.result()


def _read_documents(reading: "_Reading", arns: Collection[str]) -> None:
    """Read default documents: in bulk those that somebody holds where they are many, else one by one."""
    if any(is_aws_managed(arn) for arn in arns):
        reading.run([reading.take_shared])
    if len([arn for arn in arns if not reading.is_shared(arn)]) > SINGLE:
        reading.run([partial(reading.in_bulk, kind) for kind in FILTERS])
    known = reading.result().policies
    rest = [arn for arn in sorted(arns) if arn not in known or known[arn].document is None]
    reading.run([partial(reading.document, arn) for arn in rest])


def everything(transport: Transport, live: LiveState) -> LiveState:
    """Return `live` with every policy, the documents in use, and versions and tags of the account's own.

    Raises: as `complete`.
    """
    reading = _Reading(transport, live)
    reading.run([reading.list_aws_once, reading.own_policies])
    reading.run([partial(reading.in_bulk, "AWSManagedPolicy")])
    own = [arn for arn in reading.result().policies if not is_aws_managed(arn)]
    reading.run([partial(reading.detail, arn) for arn in own])
    unread = [policy for arn, policy in reading.result().policies.items() if arn in own]
    reading.run(
        [
            *(partial(reading.document, policy.arn) for policy in unread if policy.document is None),
            *(partial(reading.versions, policy.arn) for policy in unread if policy.versions is None),
        ]
    )
    return reading.result()


def version_ids(transport: Transport, arn: str) -> tuple[str, ...] | None:
    """Return the ids of a policy's versions, the default first, then newest first; None without a policy."""
    pages = list(transport.pages("ListPolicyVersions", {"PolicyArn": arn}))
    return _ids([version for page in pages for version in page.get("Versions", ())]) if pages else None


def _ids(versions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    def order(version: Mapping[str, Any]) -> tuple[bool, int]:
        return not version["IsDefaultVersion"], -int(version["VersionId"][1:])

    return tuple(version["VersionId"] for version in sorted(versions, key=order))


def live_policy(told: Mapping[str, Any]) -> LivePolicy:
    """Return what ListPolicies, GetPolicy or GetAccountAuthorizationDetails tells of a policy."""
    counted = "AttachmentCount" in told
    tags = told.get("Tags")
    return LivePolicy(
        arn=told["Arn"],
        attachable=told.get("IsAttachable", True),
        default_version=told.get("DefaultVersionId", ""),
        holders=told["AttachmentCount"] + told.get("PermissionsBoundaryUsageCount", 0) if counted else None,
        tags=None if tags is None else {tag["Key"]: tag["Value"] for tag in tags},
        description=told.get("Description"),
    )


class _Reading:
    """What is known so far; several threads add to it."""

    def __init__(self, transport: Transport, live: LiveState) -> None:
        self._transport = transport
        self._live = live
        self._policies = dict(live.policies)
        self._denied = set(live.denied)
        self._listed = {"Local": live.local_listed, "AWS": live.aws_listed}
        self._shared = transport.shared
        self._shared_names: frozenset[str] = frozenset()
        self._adding = threading.Lock()

    def result(self) -> LiveState:
        """Return the account with all that was read."""
        return replace(
            self._live,
            policies=self._policies,
            denied=tuple(sorted(self._denied)),
            local_listed=self._listed["Local"],
            aws_listed=self._listed["AWS"],
        )

    def run(self, tasks: Sequence[Callable[[], None]]) -> None:
        """Run the tasks at once; a denied one is noted."""
        if tasks:
            gather([partial(self._unless_denied, task) for task in tasks], self._transport.concurrency)

    def list_local(self) -> None:
        """List the account's own policies."""
        self._take("Local", self._list("Local"))

    def list_aws(self) -> None:
        """List AWS's policies, as this account sees them."""
        self._take("AWS", self._list("AWS"))

    def list_aws_once(self) -> None:
        """List AWS's policies, unless another account of the run has."""
        if self._shared is None:
            self.list_aws()
        else:
            self.take_shared()
            self._listed["AWS"] = True

    def take_shared(self) -> None:
        """Take what AWS lists from the run, which reads it once a partition."""
        if self._shared is None or self._shared_names:
            return
        found = self._shared.aws_policies.get(self._live.account.partition, self._list_for_all)
        for policy in found.policies:
            self._add(policy)
        self._shared_names = found.names

    def is_shared(self, arn: str) -> bool:
        """Tell whether another account of the run reads the same policy."""
        return fold(arn) in self._shared_names

    def _list_for_all(self) -> AwsPolicies:
        # How many hold one is true of this account alone.
        policies = tuple(replace(policy, holders=None) for policy in self._list("AWS"))
        short = (fold(f"aws:{policy.arn.rpartition('/')[2]}") for policy in policies)
        return AwsPolicies(policies, frozenset([*short, *(fold(policy.arn) for policy in policies)]))

    def _list(self, scope: str) -> tuple[LivePolicy, ...]:
        """ListPolicies, all pages of `Local` or `AWS`."""
        pages = self._transport.pages("ListPolicies", {"Scope": scope})
        return tuple(live_policy(told) for page in pages for told in page.get("Policies", ()))

    def _take(self, scope: str, found: Sequence[LivePolicy]) -> None:
        for policy in found:
            self._add(policy)
        self._listed[scope] = True

    def in_bulk(self, kind: str) -> None:
        """Read policies with documents and versions: all of the account's own, or AWS's that are in use."""
        for page in self._transport.pages(OPERATION, {"Filter": [kind]}):
            for told in page.get("Policies", ()):
                versions = told.get("PolicyVersionList", ())
                default = (v.get("Document") for v in versions if v["IsDefaultVersion"])
                policy = live_policy(told)
                self._add(replace(policy, document=next(default, None), versions=_ids(versions)))

    def own_policies(self) -> None:
        """Read the account's own policies, in bulk where that is allowed."""
        try:
            self.in_bulk("LocalManagedPolicy")
        except AccessDeniedError:
            self.list_local()
        self._listed["Local"] = True

    def prove(self, specs: Sequence[str]) -> None:
        """Find AWS managed policies given as ARN or `aws:Name`, with as few requests as possible.

        One that AWS does not list for another account may still be held in this one.
        """
        self._unless_denied(self.take_shared)
        if self._shared_names.issuperset(map(fold, specs)):
            return
        if len(specs) > FEW:
            self._unless_denied(self.list_aws)
        if not self._listed["AWS"]:
            arns = list(self._guesses(specs))
            self.run([partial(self.detail, arn) for arn in arns])
            if len(arns) < len(specs) or any(arn not in self._policies for arn in arns):
                self.list_aws()

    def detail(self, arn: str) -> None:
        """GetPolicy: existence, default version, tags, description."""
        answer = self._transport.ask("GetPolicy", {"PolicyArn": arn})
        if answer is None:
            self._vanish(arn)
        else:
            self._add(live_policy({"Tags": [], "Description": "", **answer["Policy"]}))

    def document(self, arn: str) -> None:
        """GetPolicyVersion of the default version, after GetPolicy where that is not known."""
        if not (arn in self._policies and self._policies[arn].default_version):
            self.detail(arn)
        version = self._policies[arn].default_version if arn in self._policies else ""
        if not version:
            return
        read = partial(self._transport.ask, "GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})
        if self._shared and self.is_shared(arn):
            answer = self._shared.documents.get((arn, version), read)
        else:
            answer = read()
        if answer is None:
            self._vanish(arn)
        else:
            self._change(arn, document=answer["PolicyVersion"].get("Document", {}))

    def versions(self, arn: str) -> None:
        """ListPolicyVersions."""
        ids = version_ids(self._transport, arn)
        if ids is None:
            self._vanish(arn)
        else:
            self._change(arn, versions=ids, default_version=ids[0] if ids else "")

    def _guesses(self, specs: Sequence[str]) -> Iterator[str]:
        """Yield the ARNs that GetPolicy may be asked for; most of AWS's policies are at the path `/`."""
        partition = self._live.account.partition
        for spec in specs:
            arn = spec if spec.startswith("arn:") else f"arn:{partition}:iam::aws:policy/{spec[4:]}"
            parts = parse_policy_arn(arn)
            if parts and parts.partition == partition:
                yield arn

    def _add(self, policy: LivePolicy) -> None:
        with self._adding:
            known = self._policies.get(policy.arn)
            if known is not None and known.default_version == policy.default_version:
                kept = {
                    field: getattr(known, field)
                    for field in ("document", "versions", "tags", "description")
                    if getattr(policy, field) is None
                }
                policy = replace(policy, **kept)
            self._policies[policy.arn] = policy

    def _change(self, arn: str, **read: Any) -> None:
        with self._adding:
            self._policies[arn] = replace(self._policies.get(arn) or LivePolicy(arn), **read)

    def _vanish(self, arn: str) -> None:
        """Forget a policy that has been deleted; one that is said to be held allows nothing."""
        with self._adding:
            self._policies.pop(arn, None)
            if arn in self._live.held_arns:
                self._policies[arn] = LivePolicy(arn, document={}, versions=(), tags={})

    def _unless_denied(self, task: Callable[[], None]) -> None:
        try:
            task()
        except AccessDeniedError as denied:
            with self._adding:
                self._denied.add(denied.action)
