"""Lists of names, and counts, as findings word them."""

from collections.abc import Iterable

from iamgroups.state.names import natural, short


def listed(names: Iterable[str]) -> str:
    """Return `a, b and c`, in order and whole: what a reader is shown of a long list is up to the format."""
    ordered = sorted(set(names), key=natural)
    return " and ".join(filter(None, [", ".join(ordered[:-1]), *ordered[-1:]]))


def listed_policies(arns: Iterable[str]) -> str:
    """Return the policies as `aws:Name` or `local:Name`, like `listed`."""
    return listed(map(short, arns))


def counted(number: int, noun: str) -> str:
    """Return `1 member`, `2 members`, `1 policy`, `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"
