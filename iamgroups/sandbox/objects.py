"""S3 as far as a lock object goes: which operation a request is, what it needs. Must not store anything.

If-Match also needs s3:GetObject:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
An absent object is 403 for whoever may not list:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from urllib.parse import unquote

from iamgroups.sandbox.exchange import Reply, Request

_ON_OBJECT = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_ON_BUCKET = {"PUT": "CreateBucket", "GET": "ListBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}
_ACTIONS = {"HeadObject": "GetObject", "HeadBucket": "ListBucket"}
DENIED = Reply(
    403,
    {"Content-Type": "application/xml"},
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
)


def operation(request: Request) -> tuple[str, dict[str, str]]:
    """Return the S3 operation and its bucket and key (path-style addresses)."""
    bucket, _, key = unquote(request.target.partition("?")[0]).lstrip("/").partition("/")
    if not key:
        return _ON_BUCKET.get(request.method, request.method), {"Bucket": bucket}
    return _ON_OBJECT.get(request.method, request.method), {"Bucket": bucket, "Key": key}


def needs(name: str, params: dict[str, str], conditional: bool, partition: str) -> list[tuple[str, str]]:
    """Return every (action, resource ARN) the operation needs; `conditional`: it carries If-Match."""
    arn = f"arn:{partition}:s3:::" + "/".join(params.values())
    actions = [_ACTIONS.get(name, name)]
    if conditional and name in ("PutObject", "DeleteObject"):
        actions.append("GetObject")
    return [(f"s3:{action}", arn) for action in actions]
