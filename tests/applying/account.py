"""A small account that answers writes as IAM does, and fails where it is told to."""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from iamgroups.errors import AccountError, CredentialsError, UnreachableError
from iamgroups.state import (
    Attachment,
    Call,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.failure import CallFailed, Failure

CODES = {
    Failure.THROTTLED: "Throttling",
    Failure.UNANSWERED: "ServiceUnavailable",
    Failure.BUSY: "ConcurrentModification",
    Failure.ABSENT: "NoSuchEntity",
    Failure.EXISTS: "EntityAlreadyExists",
    Failure.EXPIRED: "ExpiredToken",
    Failure.REFUSED: "AccessDenied",
}


LOOKS: dict[Failure, type[AccountError]] = {
    Failure.EXPIRED: CredentialsError,
    Failure.UNANSWERED: UnreachableError,
}


class Fault(NamedTuple):
    """How one attempt fails; `done`: the write is made nevertheless. `code`: unless the usual one."""

    failure: Failure
    done: bool = False
    code: str = ""


Script = Callable[[Call, int], Fault | None]
"""From a call and how often it was sent before, to how it fails."""


def no_faults(_call: Call, _before: int) -> Fault | None:
    return None


class Seen(NamedTuple):
    call: Call
    answer: str
    done: bool


def key(call: Call) -> str:
    return json.dumps([call.operation, sorted(call.params.items())])


@dataclass
class Account:
    """Groups with their path, what they hold, and policies with their documents, the default last."""

    groups: dict[str, str] = field(default_factory=dict)
    facts: set[Fact] = field(default_factory=set)
    policies: dict[str, list[str]] = field(default_factory=dict)
    script: Script = no_faults
    look_script: Callable[[Fact, int], Fault | None] = lambda _fact, _before: None
    seen: list[Seen] = field(default_factory=list)
    looks: list[Fact] = field(default_factory=list)
    late_looks: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    lock: Any = field(default_factory=threading.Lock)

    def send(self, call: Call) -> Mapping[str, Any]:
        with self.lock:
            fault = self.script(call, self.sent[key(call)])
            self.sent[key(call)] += 1
            if fault is not None:
                done = fault.done and self._done(call)
                self.seen.append(Seen(call, fault.failure.value, done))
                raise CallFailed(
                    call.operation, fault.failure, fault.code or CODES[fault.failure], "as scripted"
                )
            try:
                self._apply(call)
            except CallFailed as failed:
                self.seen.append(Seen(call, failed.failure.value, False))
                raise
            self.seen.append(Seen(call, "ok", True))
            return {}

    def shows(self, fact: Fact) -> bool:
        with self.lock:
            fault = self.look_script(fact, self.looks.count(fact))
            self.looks.append(fact)
            if fault is not None:
                raise LOOKS.get(fault.failure, AccountError)("as scripted")
            return len(self.looks) > self.late_looks and self.holds(fact)

    def holds(self, fact: Fact) -> bool:
        match fact:
            case GroupFact(name=name, path=path):
                return self.groups.get(name) == path
            case PolicyFact(arn=arn, document=document):
                return self.policies.get(arn, [""])[-1] == document
            case PolicyVersionFact():
                return fact in self.facts
            case _:
                return fact in self.facts

    def _done(self, call: Call) -> bool:
        try:
            self._apply(call)
        except CallFailed:
            return False
        return True

    def _apply(self, call: Call) -> None:
        params = defaultdict(str, {name: str(value) for name, value in call.params.items()})
        group, arn = params["GroupName"], params["PolicyArn"]
        if group and group not in self.groups and call.operation != "CreateGroup":
            raise _failed(call, Failure.ABSENT)
        match call.operation:
            case "CreateGroup":
                self._must_be_new(call, group in self.groups)
                self.groups[group] = params["Path"]
            case "UpdateGroup":
                self._rename(call, group, params["NewGroupName"] or group, params["NewPath"])
            case "DeleteGroup":
                if any(_group(fact) == group for fact in self.facts):
                    raise CallFailed(call.operation, Failure.REFUSED, "DeleteConflict", "not empty")
                del self.groups[group]
            case "AttachGroupPolicy":
                self.facts.add(Attachment(group, arn))
            case "DetachGroupPolicy":
                self._remove(call, Attachment(group, arn))
            case "AddUserToGroup":
                self.facts.add(Membership(group, params["UserName"]))
            case "RemoveUserFromGroup":
                self.facts.discard(Membership(group, params["UserName"]))
            case "DetachUserPolicy":
                self._remove(call, Direct(params["UserName"], arn))
            case "DeleteGroupPolicy":
                self._remove(call, InlineGroup(group, params["PolicyName"]))
            case "CreatePolicy":
                arn = f"arn:aws:iam::123456789012:policy{params['Path']}{params['PolicyName']}"
                self._must_be_new(call, arn in self.policies)
                self.policies[arn] = [params["PolicyDocument"]]
            case "CreatePolicyVersion":
                if arn not in self.policies:
                    raise _failed(call, Failure.ABSENT)
                self.policies[arn].append(params["PolicyDocument"])
            case "DeletePolicyVersion":
                self._remove(call, PolicyVersionFact(arn.rpartition("/")[2], arn, params["VersionId"]))
            case "DeletePolicy":
                if self.policies.pop(arn, None) is None:
                    raise _failed(call, Failure.ABSENT)
            case _:
                raise AssertionError(call)

    def _rename(self, call: Call, old: str, new: str, path: str) -> None:
        self._must_be_new(call, new != old and new in self.groups)
        self.groups[new] = path or self.groups[old]
        if new != old:
            del self.groups[old]
        moved = {fact for fact in self.facts if _group(fact) == old}
        self.facts = self.facts - moved | {fact.in_group(new) for fact in moved}

    def _remove(self, call: Call, fact: Fact) -> None:
        if fact not in self.facts:
            raise _failed(call, Failure.ABSENT)
        self.facts.discard(fact)

    def _must_be_new(self, call: Call, exists: bool) -> None:
        if exists:
            raise _failed(call, Failure.EXISTS)


def _group(fact: Fact) -> str | None:
    return getattr(fact, "group", None)


def _failed(call: Call, failure: Failure) -> CallFailed:
    return CallFailed(call.operation, failure, CODES[failure], "as IAM answers")
