"""A document as it is sent, the characters of it that IAM counts, and how deep it is nested.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count.
"""

import json
from typing import Any

# A managed policy. What an account really allows is GetAccountSummary's PolicySizeQuota.
MAX_SIZE = 6144

# What AWS accepts has 7 levels. More than these and comparing documents would run out of stack.
MAX_DEPTH = 32


def as_sent(document: Any) -> Any:
    """Return the document with Version first.

    IAM refuses a document with a single statement before Version ("legacy parsing"):
    https://github.com/hashicorp/terraform-provider-aws/issues/22879.
    """
    if isinstance(document, dict) and "Version" in document:
        return {"Version": document["Version"], **document}
    return document


def compact(document: Any) -> str:
    """Return the document as it is sent: JSON without white space, Version first."""
    return json.dumps(as_sent(document), separators=(",", ":"), ensure_ascii=False)


def size(text: str) -> int:
    """Return the characters of a document's text that count."""
    return len("".join(text.split()))


def depth(data: Any) -> int:
    """Return how many levels of objects and lists the data has. Needs no recursion."""
    found, level = 0, [data]
    while level := [item for item in level if isinstance(item, dict | list)]:
        found += 1
        level = [below for item in level for below in (item.values() if isinstance(item, dict) else item)]
    return found
