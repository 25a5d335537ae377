"""Windows on the calendar: which one a moment falls into."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from model_monitoring_processor.types import Window

__all__ = ["window_of"]

_UNITS = {"m": 60, "h": 3600}
_DAY = 86_400


def window_of(time_s: int, length: str, timezone: str = "UTC") -> Window:
    """Window that holds a moment.

    Windows of minutes and hours are aligned to UTC and have a fixed length that divides a day. Days, weeks (from
    Monday) and months follow the calendar of the zone, so a day may have 23 or 25 hours. Panes must not straddle a
    bound: a length of at most 15 minutes fits every zone in use.

    Args:
        time_s: unix seconds.
        length: `5m` to `12h`, `1d`, `7d`, `month`.
        timezone: IANA name; only the calendar windows ask for it.

    Returns:
        The window; the next one is `window_of(window.end, ...)`.

    Raises:
        ValueError: the length is none of these.
        zoneinfo.ZoneInfoNotFoundError: no such zone.
    """
    if length in {"1d", "7d", "month"}:
        return _calendar(time_s, length, ZoneInfo(timezone))
    seconds = _seconds(length)
    start = time_s - time_s % seconds
    return Window(datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%MZ"), length, start, start + seconds)


def _seconds(length: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]*)([mh])", length)
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 300 <= seconds <= _DAY // 2 or _DAY % seconds:
        raise ValueError(f"window length {length!r}: give 5m to 12h that divides a day (15m, 1h, 6h), 1d, 7d or month")
    return seconds


def _calendar(time_s: int, length: str, zone: ZoneInfo) -> Window:
    local = datetime.fromtimestamp(time_s, zone)
    first = datetime(local.year, local.month, local.day, tzinfo=zone)
    if length == "7d":
        first -= timedelta(days=local.weekday())
        end = first + timedelta(days=7)
    elif length == "month":
        first = first.replace(day=1)
        end = (first + timedelta(days=31)).replace(day=1)
    else:
        end = first + timedelta(days=1)
    name = first.strftime("%Y-%m" if length == "month" else "%Y-%m-%d")
    return Window(name, length, int(first.timestamp()), int(end.timestamp()))
