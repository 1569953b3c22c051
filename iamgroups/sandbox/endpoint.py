"""What stands behind the sandbox's address: answers one request, whoever carries it. Must not touch sockets.

IAM and STS are answered here; everything else (S3, for the lock) is handed on to moto.
"""

import re
import time
from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock
from typing import Any, TypeVar
from uuid import uuid4

from iamgroups.sandbox import objects, wire
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.behind import Behind
from iamgroups.sandbox.chaos import Chaos
from iamgroups.sandbox.cloud import Cloud, Identity
from iamgroups.sandbox.exchange import Reply, Request
from iamgroups.sandbox.log import SOMEBODY_ELSE, Entry, Log
from iamgroups.sandbox.model import service
from iamgroups.sandbox.refusal import IamError

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/[0-9]+/[^/]+/(?P<service>[^/]+)/", re.ASCII)
Answer = TypeVar("Answer")


class Endpoint:
    """The sandbox without its socket. `latency`: seconds added to every answer."""

    def __init__(self, cloud: Cloud, latency: float = 0.0, chaos: Chaos | None = None) -> None:
        self.cloud = cloud
        self.latency = latency
        self.chaos = chaos or Chaos()
        self.log = Log()
        self._behind = Behind()
        self._order = count(1)
        self._one_write = Lock()

    def answer(self, request: Request) -> Reply:
        """Answer a request; raises Lost when no answer may go out."""
        if self.latency:
            time.sleep(self.latency)
        match = _CREDENTIAL.search(request.headers.get("authorization", ""))
        key, name = (match["key"], match["service"]) if match else ("", "")
        form = wire.form(request.body) if name in ("iam", "sts", "") and request.method == "POST" else {}
        if name in ("iam", "sts") or "Action" in form:
            return self._answer_query(name or "iam", key, form)
        return self._answer_object(name or "s3", key, request)

    def _answer_query(self, name: str, key: str, form: Mapping[str, str]) -> Reply:
        model, request_id = service(name), str(uuid4())
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        entry = self.log.arrived(name, form.get("Action", ""), {})
        try:
            operation, entry.params = wire.read(model, form)
            answer = self._met(entry, key, lambda identity: self._do(entry, identity))
        except IamError as error:
            entry.status, entry.code = error.http_status, error.code
            return Reply(error.http_status, headers, wire.render_error(model, error, request_id))
        entry.status = 200
        return Reply(200, headers, wire.render(model, operation, answer, request_id))

    def _answer_object(self, name: str, key: str, request: Request) -> Reply:
        operation, params = objects.operation(request)
        entry = self.log.arrived(name, operation, params)
        try:
            reply = self._met(entry, key, lambda identity: self._do_object(entry, identity, request))
        except IamError as error:
            entry.code = error.code
            reply = objects.refusal(error)
        entry.status = reply.status
        return reply

    def _met(self, entry: Entry, key: str, do: Callable[[Identity], Answer]) -> Answer:
        """Do a call, in whatever trouble the chaos has in store for it."""
        identity = self.cloud.identify(key)
        entry.account, entry.caller = identity.account.account_id, identity.caller.arn
        trouble = self.chaos.meet(entry, identity.account)
        try:
            for call in trouble.others:
                self._change(call.operation, call.params, identity.account)
            time.sleep(trouble.delay)
            if trouble.end is None or trouble.applied:
                return do(identity._replace(account=trouble.seen or identity.account))
            raise trouble.end
        finally:
            for follow in trouble.afterwards:
                follow()
            # However the call itself ended, this is all that its sender sees.
            if trouble.end is not None:
                raise trouble.end

    def _do(self, entry: Entry, identity: Identity) -> dict[str, Any]:
        if not entry.writes:
            return self.cloud.call(entry.operation, entry.params, identity)
        with self._one_write:
            self.chaos.writing(entry, identity.account)
            answer = self.cloud.call(entry.operation, entry.params, identity)
            entry.applied = next(self._order)
        return answer

    def _do_object(self, entry: Entry, identity: Identity, request: Request) -> Reply:
        reply = objects.answer(self.cloud, identity, request, self._behind.answer)
        if entry.writes and reply.status < 300:
            entry.applied = next(self._order)
        return reply

    def _change(self, operation: str, params: Mapping[str, Any], account: StrictIam) -> None:
        """Make somebody else's call, logged like any other."""
        entry = self.log.arrived("iam", operation, params)
        entry.account, entry.caller = account.account_id, SOMEBODY_ELSE
        try:
            self._do(entry, Identity(account, account.root))
            entry.status = 200
        except IamError as error:
            entry.status, entry.code = error.http_status, error.code
