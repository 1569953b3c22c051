"""Text that came from outside, made safe to print."""

import re

# C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width characters, BOM, tags.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Make characters visible that would move a cursor, hide text or reorder it."""
    return UNSAFE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)
