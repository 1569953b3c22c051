"""What stands behind the sandbox's address: answers one request, whoever carries it. Must not touch sockets.

IAM and STS are answered here; everything else (S3, for the lock) is handed on to moto.
"""

import re
import time
from collections.abc import Mapping
from itertools import count
from threading import Lock
from typing import Any
from uuid import uuid4

from iamgroups.sandbox import objects, wire
from iamgroups.sandbox.behind import Behind
from iamgroups.sandbox.cloud import Cloud
from iamgroups.sandbox.demands import about
from iamgroups.sandbox.exchange import Reply, Request
from iamgroups.sandbox.log import Entry, Log
from iamgroups.sandbox.model import service
from iamgroups.sandbox.permissions import Demand
from iamgroups.sandbox.refusal import IamError

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/[0-9]+/[^/]+/(?P<service>[^/]+)/", re.ASCII)


class Endpoint:
    """The sandbox without its socket. `latency`: seconds added to every answer."""

    def __init__(self, cloud: Cloud, latency: float = 0.0) -> None:
        self.cloud = cloud
        self.latency = latency
        self.log = Log()
        self._behind = Behind()
        self._order = count(1)
        self._one_write = Lock()

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
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
            answer = self._do(entry, key)
        except IamError as error:
            entry.status, entry.code = error.http_status, error.code
            return Reply(error.http_status, headers, wire.render_error(model, error, request_id))
        entry.status = 200
        return Reply(200, headers, wire.render(model, operation, answer, request_id))

    def _do(self, entry: Entry, key: str) -> dict[str, Any]:
        identity = self.cloud.identify(key)
        entry.account, entry.caller = identity.account.account_id, identity.caller.arn
        if not entry.writes:
            return self.cloud.call(entry.operation, entry.params, identity)
        with self._one_write:
            answer = self.cloud.call(entry.operation, entry.params, identity)
            entry.applied = next(self._order)
        return answer

    def _answer_object(self, name: str, key: str, request: Request) -> Reply:
        operation, params = objects.operation(request)
        entry = self.log.arrived(name, operation, params)
        reply = self._guarded(key, request, operation, params)
        entry.status = reply.status
        return reply

    def _guarded(self, key: str, request: Request, operation: str, params: dict[str, str]) -> Reply:
        try:
            identity = self.cloud.identify(key)
        except IamError:
            return objects.DENIED
        context = about(identity.caller, identity.account.account_id)
        needs = objects.needs(operation, params, "if-match" in request.headers, identity.account.partition)
        if not all(self.cloud.permits(identity, Demand(*need, context)) for need in needs):
            return objects.DENIED
        reply = self._behind.answer(request)
        if reply.status == 404 and operation in ("GetObject", "HeadObject"):
            bucket = objects.needs(
                "ListBucket", {"Bucket": params["Bucket"]}, False, identity.account.partition
            )
            if not self.cloud.permits(identity, Demand(*bucket[0], context)):
                return objects.DENIED
        return reply
