"""Terms: when a declaration begins and ends. A time is a day, of UTC, or a moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol

Time = date | datetime  # a datetime is aware
Timing = Literal["", "expired", "due"]  # everything, what has ended, or what has begun or ended
FOREVER = datetime.max.replace(tzinfo=UTC)


class Timed(Protocol):
    """What holds for a time only, where it says so."""

    @property
    def starts(self) -> Time | None:
        """Return when it begins: a day counts from its beginning."""

    @property
    def expires(self) -> Time | None:
        """Return when it ends: a day counts to its end."""


def begin_of(when: Time) -> datetime:
    """Return the first instant of a day, or the moment itself, in UTC."""
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return datetime.combine(when, time.min, UTC)


def end_of(when: Time | None) -> datetime:
    """Return the first instant after a day, or the moment itself, in UTC; `FOREVER` without one."""
    if when is None or when == date.max:
        return FOREVER
    return begin_of(when if isinstance(when, datetime) else when + timedelta(days=1))


def phase(timed: Timed, now: datetime) -> Literal["before", "during", "after"]:
    """Tell whether its time has not come, is now, or is over."""
    if timed.starts is not None and now < begin_of(timed.starts):
        return "before"
    return "during" if timed.expires is None or now < end_of(timed.expires) else "after"


def is_lasting(timed: Timed) -> bool:
    """Tell whether it holds at any time."""
    return timed.starts is None and timed.expires is None


def parse(text: str) -> Time:
    """Return the day or moment of a text such as `2026-12-31` or `2026-12-31T18:00+01:00`.

    Raises: ValueError when the calendar does not have it.
    """
    if len(text) == len("2026-12-31"):
        return date.fromisoformat(text)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def told(when: Time) -> str:
    """Return `2026-12-31`, or `2026-12-31T18:00Z` with seconds only where there are some."""
    if not isinstance(when, datetime):
        return when.isoformat()
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ" if when.second else "%Y-%m-%dT%H:%MZ")
