"""Answer one request to the sandbox, however it came.

IAM and STS are answered here. S3, for the lock, is handed on to moto. Nothing else is served.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock
from typing import Any, TypeVar
from uuid import uuid4

from iamgroups.sandbox import query_protocol, s3
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import Chaos
from iamgroups.sandbox.cloud import Cloud, Identity
from iamgroups.sandbox.http import Reply, Request
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.request_log import SOMEBODY_ELSE, Log, LoggedRequest
from iamgroups.sandbox.service_model import service
from iamgroups.sandbox.stored_objects import StoredObjects

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/[0-9]+/[^/]+/(?P<service>[^/]+)/", re.ASCII)
_WRAPPER = ("<ErrorResponse>", "</ErrorResponse>")
Answer = TypeVar("Answer")


class Endpoint:
    """The sandbox without its socket. `latency`: seconds added to every answer."""

    def __init__(self, cloud: Cloud, latency: float = 0.0, chaos: Chaos | None = None) -> None:
        self.cloud = cloud
        self.latency = latency
        self.chaos = chaos or Chaos()
        self.log = Log()
        self._objects = StoredObjects()
        self._order = count(1)
        self._one_write = Lock()

    def answer(self, request: Request) -> Reply:
        """Answer a request; raises Lost when no answer may go out."""
        if self.latency:
            time.sleep(self.latency)
        match = _CREDENTIAL.search(request.headers.get("authorization", ""))
        key, name = (match["key"], match["service"]) if match else ("", "")
        form = query_protocol.form(request.body) if name != "s3" and request.method == "POST" else {}
        if name in ("iam", "sts") or (not name and "Action" in form):
            return self._answer_query(name or "iam", key, form)
        if name in ("s3", ""):
            return self._answer_object("s3", key, request)
        return self._refuse(name, form, request)

    def _answer_query(self, name: str, key: str, form: Mapping[str, str]) -> Reply:
        model, request_id = service(name), str(uuid4())
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        entry = self.log.arrived(name, form.get("Action", ""), {})
        try:
            operation, entry.params = query_protocol.read(model, form)
            answer = self._met(entry, key, lambda identity: self._do(entry, identity))
        except IamError as error:
            entry.status, entry.code = error.http_status, error.code
            return Reply(error.http_status, headers, query_protocol.render_error(model, error, request_id))
        entry.status = 200
        return Reply(200, headers, query_protocol.render(model, operation, answer, request_id))

    def _refuse(self, name: str, form: Mapping[str, str], request: Request) -> Reply:
        """Refuse a service that the sandbox does not have, in XML where it speaks XML."""
        error = IamError("InvalidAction", f"The sandbox serves IAM, STS and S3, not {name}.")
        entry = self.log.arrived(name, form.get("Action", request.method), {})
        entry.status, entry.code = error.http_status, error.code
        if "Action" in form or name in ("route53", "cloudfront"):
            refusal = s3.refusal(error)
            before, after = ("<Response><Errors>", "</Errors></Response>") if name == "ec2" else _WRAPPER
            return refusal._replace(body=f"{before}{refusal.body.decode()}{after}".encode())
        body = json.dumps({"__type": error.code, "message": error.message})
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        return Reply(error.http_status, headers, body.encode())

    def _answer_object(self, name: str, key: str, request: Request) -> Reply:
        operation, params = s3.operation(request)
        entry = self.log.arrived(name, operation, params)
        try:
            reply = self._met(entry, key, lambda identity: self._do_object(entry, identity, request))
        except IamError as error:
            entry.code = error.code
            reply = s3.refusal(error)
        entry.status = reply.status
        return reply

    def _met(self, entry: LoggedRequest, key: str, do: Callable[[Identity], Answer]) -> Answer:
        """Do a call, with the faults that the chaos file has for it."""
        identity = self.cloud.identify(key)
        entry.account, entry.caller = identity.account.account_id, identity.caller.arn
        interference = self.chaos.meet(entry, identity.account)
        try:
            for call in interference.others:
                self._change(call.operation, call.params, identity.account)
            time.sleep(interference.delay)
            if interference.end is None or interference.applied:
                return do(identity._replace(account=interference.seen or identity.account))
            raise interference.end
        finally:
            for follow in interference.afterwards:
                follow()
            # However the call itself ended, this is all that its sender sees.
            if interference.end is not None:
                raise interference.end

    def _do(self, entry: LoggedRequest, identity: Identity) -> dict[str, Any]:
        if not entry.writes:
            return self.cloud.call(entry.operation, entry.params, identity)
        with self._one_write:
            self.chaos.writing(entry, identity.account)
            answer = self.cloud.call(entry.operation, entry.params, identity)
            entry.applied = next(self._order)
        return answer

    def _do_object(self, entry: LoggedRequest, identity: Identity, request: Request) -> Reply:
        reply = s3.answer(self.cloud, identity, request, self._objects.answer)
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
