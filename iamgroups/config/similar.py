"""The known name that somebody may have meant."""

from collections.abc import Sequence

from iamgroups.config.source_file import quoted


def did_you_mean(name: str, known: Sequence[str]) -> str | None:
    """Return a hint that names the most similar of `known`, ignoring case; None when nothing is close."""
    import difflib

    by_fold = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), list(by_fold), n=1, cutoff=0.7)
    return f"did you mean {quoted(by_fold[close[0]])}?" if close else None
