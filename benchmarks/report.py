"""The measurements as Markdown. Must not measure."""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.contenders import MINIMUM
from benchmarks.measure import Row, Throttled

HEAD = "| | | wall, s (spread) | of the minimum | CPU, s | peak, MB | requests |\n" + "|---" * 7 + "|"
THROTTLED_HEAD = "| writes/s | | wall, s | writes done | lost | throttled |\n" + "|---" * 6 + "|"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of one scenario."""
    least = {row.title: row.wall for row in rows if row.contender == MINIMUM}
    for row in rows:
        walls = [run.wall for run in row.runs]
        ratio = f"{row.wall / least[row.title]:.2f}" if row.title in least else ""
        yield _line(
            row.title,
            row.contender,
            f"{row.wall:.2f} ({min(walls):.2f}-{max(walls):.2f}, n={len(walls)})",
            ratio,
            f"{_middle(run.cpu for run in row.runs):.2f}",
            f"{max(run.peak for run in row.runs) / 1e6:.0f}",
            f"{sum(row.heard.requests.values()):,}",
        )


def actions(rows: Iterable[Row]) -> Iterator[str]:
    """Yield each row's requests by action."""
    for row in rows:
        counts = ", ".join(f"{name} {count:,}" for name, count in sorted(row.heard.requests.items()))
        yield f"- {row.title}, {row.contender}: {counts or 'none'}"


def throttled(row: Throttled) -> str:
    """Return one contender's line."""
    wall, rate = f"{row.wall:.1f}", f"{row.rate:g}"
    return _line(rate, row.contender, wall, f"{row.done:,}", f"{row.lost:,}", f"{row.throttled:,}")


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
