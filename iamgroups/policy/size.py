"""A document as it is sent, and the characters of it that IAM counts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count.
"""

import json
from typing import Any

# A managed policy. What an account really allows is GetAccountSummary's PolicySizeQuota.
MAX_SIZE = 6144


def compact(document: Any) -> str:
    """Return the document as it is sent: JSON without white space, Version first.

    IAM refuses a document with a single statement before Version ("legacy parsing"):
    https://github.com/hashicorp/terraform-provider-aws/issues/22879.
    """
    if isinstance(document, dict) and "Version" in document:
        document = {"Version": document["Version"], **document}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def size(text: str) -> int:
    """Return the characters of a document's text that count."""
    return len("".join(text.split()))
