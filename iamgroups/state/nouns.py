"""Numbers with their nouns."""


def count(number: int, one: str, many: str) -> str:
    """Return `1 group` or `1,001 groups`."""
    return f"{number:,} {one if number == 1 else many}"
