"""Times in words: what a NumericDate says, and how far it lies from another moment. No clock is read here."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: object) -> datetime | str:
    """A NumericDate (RFC 7519 §2: seconds since 1970 in UTC) as a datetime, or in words why it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not a time: a NumericDate is a JSON number of seconds (RFC 7519 §2)"
    try:
        return EPOCH + timedelta(seconds=value)
    except OverflowError:
        far = "after the year 9999" if value > 0 else "before the year 1"
        return f"{far}: a NumericDate counts seconds, not milliseconds (RFC 7519 §2)"


def stamp(time: datetime) -> str:
    """`2026-01-05 09:05:00 UTC`, with a fraction of the second where there is one."""
    in_utc = time.astimezone(UTC)
    return f"{in_utc:%Y-%m-%d %H:%M:%S}{_fraction(in_utc.microsecond)} UTC"


def compared(distance: timedelta, ahead: str, behind: str, now: str) -> str:
    """One of three sentences by the sign of a distance; the first two have a `{}` for its length."""
    if not distance:
        return now
    return (ahead if distance > timedelta(0) else behind).format(duration(abs(distance)))


def duration(span: timedelta) -> str:
    """A span that is not negative, in words and exact: `60 seconds`, `4 minutes`, `1 day 2 hours`.

    Up to 90 seconds it counts seconds alone.
    """
    minutes, seconds = divmod(span.seconds, 60) if span > timedelta(seconds=90) else (0, span.seconds)
    hours, minutes = divmod(minutes, 60)
    units = [(span.days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{count:,} {unit}{'' if count == 1 else 's'}" for count, unit in units if count]
    fraction = _fraction(span.microseconds)
    if seconds or fraction or not words:
        words.append(f"{seconds}{fraction} second{'' if seconds == 1 and not fraction else 's'}")
    return " ".join(words)


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06d}".rstrip("0") if microseconds else ""
