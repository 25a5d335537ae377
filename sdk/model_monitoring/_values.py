"""One value of a stranger's data, made plain: None, float, int, bool or a short str.

Runs on the caller's thread, so that nothing mutable and nothing large waits in the ring. The objects are hostile
until proven otherwise: whatever their methods raise, the value is just missing.
"""

import datetime as dt
from math import isnan
from operator import index
from typing import Any, TypeAlias

from model_monitoring import _guard

__all__ = ["MAX_TEXT", "PLAIN", "Scalar", "is_missing", "plain", "plain_row", "seconds"]

Scalar: TypeAlias = float | int | bool | str | None

MAX_TEXT = 256
"""Longer text is cut: a category is a name, not a document."""

PLAIN = frozenset({float, int, bool, type(None)})
"""Types that need no look at their values."""

_MISSING = frozenset({"NAType", "NaTType"})


def is_missing(value: Scalar) -> bool:
    """Tell None and NaN from values."""
    return value is None or (type(value) is float and isnan(value))


def plain_row(values: tuple[Any, ...]) -> tuple[Scalar, ...]:
    """Make a row plain; the row itself where it is so already."""
    return values if PLAIN.issuperset(map(type, values)) else tuple(map(plain, values))


def plain(value: Any) -> Scalar:
    """Make one value plain: numbers of any library, dates as unix seconds, anything else as text."""
    kind = type(value)
    if kind is str:
        return value[:MAX_TEXT] if len(value) > MAX_TEXT else value  # type: ignore[no-any-return]  # it is a str
    if kind in PLAIN:
        return value  # type: ignore[no-any-return]  # one of the plain types
    try:
        return _of_object(value)
    except Exception as error:  # noqa: BLE001  a stranger's method may raise anything
        _guard.warn_once(type(error).__name__, f"a value of type {kind.__name__} cannot be read", kind.__name__)
        return None


def seconds(value: Any) -> float | None:
    """Unix seconds of a datetime, date or numpy.datetime64 (UTC where it names no zone); None for anything else."""
    if isinstance(value, dt.datetime):
        return value.timestamp() if value.tzinfo else value.replace(tzinfo=dt.UTC).timestamp()
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC).timestamp()
    if type(value).__name__ == "datetime64":
        nanos = int(value.astype("datetime64[ns]").astype("int64"))
        return float("nan") if nanos == -(1 << 63) else nanos / 1e9
    return None


def _of_object(value: Any) -> Scalar:  # noqa: PLR0911  one line per kind of object
    kind = type(value)
    if kind.__name__ in _MISSING:
        return None
    # Methods of the built-in type itself: a subclass may have overridden them with anything.
    if isinstance(value, str):
        return str.__getitem__(value, slice(0, MAX_TEXT))
    if isinstance(value, int):
        return int.__add__(value, 0)
    if isinstance(value, float):
        return float.__float__(value)
    if (time := seconds(value)) is not None:
        return time
    if isinstance(value, bytes):
        return value[:MAX_TEXT].decode("utf-8", "replace")
    if hasattr(kind, "__float__") and getattr(value, "ndim", 0) == 0 and not isinstance(value, complex):
        return _of_number(value)
    return str.__getitem__(str(value), slice(0, MAX_TEXT))


def _of_number(value: Any) -> Scalar:
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    try:
        return index(value)
    except TypeError:
        return float(value)
