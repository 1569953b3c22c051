"""S3 as far as a lock object goes: which operation a request is, what it needs.

If-Match also needs s3:GetObject:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
An absent object is 403 for whoever may not list:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from collections.abc import Callable
from urllib.parse import unquote

from iamgroups.sandbox.authorization import Permission
from iamgroups.sandbox.cloud import Cloud, Identity
from iamgroups.sandbox.http import Reply, Request
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.query_protocol import escape
from iamgroups.sandbox.required_permissions import caller_context

_ON_OBJECT = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_ON_BUCKET = {"PUT": "CreateBucket", "GET": "ListBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}
OPERATIONS = frozenset({*_ON_OBJECT.values(), *_ON_BUCKET.values()})
_ACTIONS = {"HeadObject": "GetObject", "HeadBucket": "ListBucket"}


def operation(request: Request) -> tuple[str, dict[str, str]]:
    """Return the S3 operation and its bucket and key (path-style addresses)."""
    bucket, _, key = unquote(request.target.partition("?")[0]).lstrip("/").partition("/")
    if not key:
        return _ON_BUCKET.get(request.method, request.method), {"Bucket": bucket}
    return _ON_OBJECT.get(request.method, request.method), {"Bucket": bucket, "Key": key}


def answer(cloud: Cloud, who: Identity, request: Request, behind: Callable[[Request], Reply]) -> Reply:
    """Answer whoever may ask, from `behind`; raises IamError AccessDenied for the others."""
    name, params = operation(request)
    context = caller_context(who.caller, who.account.account_id)
    prefix = f"arn:{who.account.partition}:s3:::"
    actions = [_ACTIONS.get(name, name)]
    if "if-match" in request.headers and name in ("PutObject", "DeleteObject"):
        actions.append("GetObject")
    for action in actions:
        cloud.check(who, Permission(f"s3:{action}", prefix + "/".join(params.values()), context))
    reply = behind(request)
    if reply.status == 404 and name in ("GetObject", "HeadObject"):
        cloud.check(who, Permission("s3:ListBucket", prefix + params["Bucket"], context))
    return reply


def refusal(error: IamError) -> Reply:
    """Spell a refusal as S3 does."""
    body = f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
    return Reply(error.http_status, {"Content-Type": "application/xml"}, body.encode())
