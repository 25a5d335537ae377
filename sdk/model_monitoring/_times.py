"""Event times: what a caller may give, and the unix nanoseconds of each row that it means."""

import math
from typing import Any

from model_monitoring import _guard
from model_monitoring._values import plain, seconds

__all__ = ["freeze", "nanoseconds", "pick"]

_MAX_SECONDS = 9_000_000_000
"""Of what int64 nanoseconds can hold (year 2255); a larger number is milliseconds or nanoseconds by mistake."""


def freeze(times: Any, kept: list[int] | None = None) -> Any:
    """Copy one time or one per row on the caller's thread: a number, a datetime, a list or a numpy array.

    Args:
        times: unix seconds, datetimes (UTC where they name no zone), numpy or pandas datetimes; one or a sequence.
        kept: positions of the rows that were sampled.
    """
    if isinstance(times, int | float) or times is None:
        return times
    if (time := seconds(times)) is not None:
        return time
    if hasattr(type(times), "__float__") and getattr(times, "ndim", 0) == 0:  # numpy's numbers, Decimal
        return plain(times)
    values = times.to_numpy() if hasattr(times, "to_numpy") else times
    if type(values).__name__ == "ndarray" and values.dtype.kind in "Miuf" and values.ndim == 1:
        return values[kept] if kept else values.copy()
    values = [_scalar(value) for value in values]
    return pick(values, kept) if kept else values


def pick(times: Any, positions: list[int]) -> Any:
    """Some of the times that `freeze` made of a sequence."""
    return [times[position] for position in positions] if isinstance(times, list) else times[positions]


def nanoseconds(times: Any, rows: int, default: int) -> list[int]:
    """Unix nanoseconds of each row; `default` where the caller gave none or one that cannot be.

    Args:
        times: what `freeze` made.
        rows: number of rows.
        default: time of the call, unix nanoseconds.
    """
    if times is None:
        return [default] * rows
    if isinstance(times, int | float):
        return [_nanos(times, default)] * rows
    if len(times) != rows:
        _guard.warn_once("EventTimeLength", f"{len(times)} event times for {rows} rows: the time of the call is used")
        return [default] * rows
    if type(times).__name__ == "ndarray" and times.dtype.kind == "M":
        missing = -(1 << 63)
        return [default if t == missing else t for t in times.astype("datetime64[ns]").astype("int64").tolist()]
    return [_nanos(value, default) for value in (times if isinstance(times, list) else times.tolist())]


def _scalar(value: Any) -> Any:
    time = seconds(value)
    return plain(value) if time is None else time


def _nanos(value: Any, default: int) -> int:
    if not isinstance(value, int | float) or math.isnan(value if isinstance(value, float) else 0):
        return default
    if abs(value) > _MAX_SECONDS:
        _guard.warn_once("EventTimeRange", "an event time is not in unix seconds: the time of the call is used")
        return default
    return value * 1_000_000_000 if isinstance(value, int) else round(value * 1e9)
