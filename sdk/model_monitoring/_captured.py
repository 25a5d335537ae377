"""What one call was given, once it is copied, and the bounds of it."""

import random
from typing import Any, NamedTuple

__all__ = ["MAX_FEATURES", "Captured", "Limits", "Unsupported", "counted", "sample"]

MAX_FEATURES = 2000
"""Features kept of a row; what lies behind is counted and left out."""

_random = random.Random()  # noqa: S311  a sample is not a secret


class Limits(NamedTuple):
    """What one call may put into the ring; a larger one is sampled down to it."""

    rows: int
    size: int


class Captured(NamedTuple):
    """The features of one call.

    `form` says what `data` is: `packed` (one row of numbers, native doubles), `rows` (tuples of plain values), `array`
    (bytes, dtype, width), `columns` (a chunk for each name), `frame` (a DataFrame that is ours), `arrow` (a table,
    which no one can change) or `tensor` (one of ours, on a device). Of a call that was too large, `kept` holds the
    positions of the rows that were sampled and `sampled_from` how many there were.
    """

    form: str
    names: tuple[Any, ...] | None
    data: Any
    rows: int
    size: int
    kept: list[int] | None = None
    dropped_features: int = 0
    sampled_from: int = 0


class Unsupported(TypeError):
    """Features of a type or shape that cannot be monitored."""


def counted(rows: int, limits: Limits) -> Captured:
    """Rows of which nothing but their number is kept."""
    kept = sample(rows, 64, limits)
    left = len(kept) if kept else rows
    return Captured("rows", (), [()] * left, left, 0, kept, 0, rows if kept else 0)


def sample(rows: int, row_size: int, limits: Limits) -> list[int] | None:
    """Positions of a uniform sample without replacement, in order; None where all rows fit."""
    fitting = min(limits.rows, limits.size // max(row_size, 1))
    return None if rows <= fitting else sorted(_random.sample(range(rows), max(fitting, 1)))
