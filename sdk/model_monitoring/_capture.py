"""What the model is given, copied on the caller's thread in the cheapest form that no one can change any more.

Nothing is converted here: rows of Python values stay tuples, an array stays its bytes, a DataFrame a (lazy) copy.
`_table` makes columns of them in the background.
"""

import random
import sys
from collections.abc import Callable
from itertools import chain
from struct import Struct
from typing import Any, NamedTuple

from model_monitoring._frame_size import size_of_pandas, size_of_polars
from model_monitoring._values import Scalar, plain, plain_row

__all__ = ["MAX_FEATURES", "Captured", "Limits", "Unsupported", "capture"]

_new = tuple.__new__
"""Makes a named tuple without the Python call that its own constructor is: this is the hot path."""

MAX_FEATURES = 2000
"""Features kept of a row; what lies behind is counted and left out."""


class Limits(NamedTuple):
    """What one call may put into the ring; a larger one is sampled down to it."""

    rows: int
    size: int


class Captured(NamedTuple):
    """The features of one call.

    `form` says what `data` is: `packed` (one row of numbers, native doubles), `rows` (tuples of plain values), `array`
    (bytes, dtype, width) or `frame` (a DataFrame that is ours). Of a call that was too large, `kept` holds the
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


def capture(features: Any, limits: Limits) -> Captured:
    """Copy the features of one call.

    Args:
        features: dict of scalars, list (of scalars: one row; of dicts or lists: rows), 1-D (one row) or 2-D numpy
            array, pandas Series (one row) or DataFrame, polars DataFrame.
        limits: rows and bytes that this call may keep; more are sampled uniformly without replacement.

    Raises:
        Unsupported: for anything else.
    """
    kind = type(features)
    if kind is dict:
        return _row(tuple(features), tuple(features.values()))
    make = _MAKERS.get(kind) or _maker(kind)
    return make(features, limits)


def _row(names: tuple[Any, ...] | None, values: tuple[Any, ...]) -> Captured:
    """One row. Packing fails on the first value that is not a number, and tells so faster than a look at each."""
    width = len(values)
    if width > MAX_FEATURES:
        return _row(names and names[:MAX_FEATURES], values[:MAX_FEATURES])._replace(
            dropped_features=width - MAX_FEATURES
        )
    try:
        data = (_PACKERS.get(width) or _packer(width))(*values)
    except Exception:  # noqa: BLE001  text, None, or a stranger's __float__
        return Captured("rows", names, [tuple(map(plain, values))], 1, 64 * width)
    return _new(Captured, ("packed", names, data, 1, 8 * width, None, 0, 0))


def _packer(width: int) -> Callable[..., bytes]:
    return _PACKERS.setdefault(width, Struct(f"{width}d").pack)


def _list(features: Any, limits: Limits) -> Captured:
    rows = list(features)
    if not rows:
        return Captured("rows", None, [], 0, 0)
    first = rows[0]
    if not (isinstance(first, dict | list | tuple) or getattr(first, "ndim", 0) == 1):
        return _row(None, tuple(rows))
    total = len(rows)
    kept = _sample(total, 64 * len(first), limits)
    if kept:
        rows = [rows[position] for position in kept]
    captured = _records(rows, kept) if isinstance(first, dict) else _tuples(None, list(map(tuple, rows)), kept)
    return captured._replace(sampled_from=total) if kept else captured


def _records(rows: list[dict[Any, Any]], kept: list[int] | None) -> Captured:
    """Rows by name; a name that a row lacks is missing there."""
    names = tuple(rows[0])
    if any(tuple(row) != names for row in rows):
        names = tuple(dict.fromkeys(chain.from_iterable(rows)))
    return _tuples(names, [tuple(map(row.get, names)) for row in rows], kept)


def _tuples(names: tuple[Any, ...] | None, rows: list[tuple[Any, ...]], kept: list[int] | None) -> Captured:
    width = max(map(len, rows))
    dropped = max(width - MAX_FEATURES, 0)
    width -= dropped
    data = [_to_width(plain_row(row[:width]), width) for row in rows]
    return Captured("rows", names[:width] if names else None, data, len(data), 64 * width * len(data), kept, dropped)


def _to_width(row: tuple[Scalar, ...], width: int) -> tuple[Scalar, ...]:
    return row if len(row) == width else row + (None,) * (width - len(row))


def _array(features: Any, limits: Limits) -> Captured:
    dtype = features.dtype
    if dtype.kind not in "fiubMm":
        return _list(features.tolist() if features.ndim else [features.item()], limits)
    if features.ndim != 2:
        if features.ndim > 2:
            raise Unsupported(f"an array of {features.ndim} dimensions is neither a row (1) nor a table (2)")
        features = features.reshape(1, -1)
    rows, width = features.shape
    if rows == 1 and width <= MAX_FEATURES:
        return Captured("array", None, (features.tobytes(), dtype, width), 1, width * dtype.itemsize)
    return _table_of(features, rows, width, limits)


def _table_of(features: Any, rows: int, width: int, limits: Limits) -> Captured:
    kept, dropped = _sample(rows, width * features.itemsize, limits), max(width - MAX_FEATURES, 0)
    if kept:
        features = features[kept]
    width = min(width, MAX_FEATURES)
    columns = (features[:, :width].tobytes(), features.dtype, width)
    return _table("array", columns, rows, rows * width * features.itemsize, kept, dropped)


def _masked(features: Any, limits: Limits) -> Captured:
    return _list(features.tolist(), limits)


def _series(features: Any, _: Limits) -> Captured:
    return _row(tuple(features.index.tolist()), tuple(features.tolist()))


def _pandas(features: Any, limits: Limits) -> Captured:
    rows, width = features.shape
    dropped = max(width - MAX_FEATURES, 0)
    if dropped:
        features = features.iloc[:, :MAX_FEATURES]
    size = size_of_pandas(features)
    kept = _sample(rows, size // max(rows, 1), limits)
    if kept:
        features = features.iloc[kept]
    else:
        # From version 3 a shallow copy is copied on the first write to either side, before it must be deep.
        features = features.copy(deep=int(sys.modules["pandas"].__version__.partition(".")[0]) < 3)
    return _table("frame", features, rows, size, kept, dropped)


def _polars(features: Any, limits: Limits) -> Captured:
    rows, width = features.shape
    dropped = max(width - MAX_FEATURES, 0)
    features = features[:, :MAX_FEATURES] if dropped else features.clone()
    size = size_of_polars(features)
    kept = _sample(rows, size // max(rows, 1), limits)
    if kept:
        features = features[kept]
    return _table("frame", features, rows, size, kept, dropped)


def _table(form: str, data: Any, rows: int, size: int, kept: list[int] | None, dropped: int) -> Captured:  # noqa: PLR0917  a private constructor
    """A captured table; `rows` and `size` are of the whole, before rows were sampled."""
    if kept:
        return Captured(form, None, data, len(kept), size * len(kept) // rows, kept, dropped, rows)
    return Captured(form, None, data, rows, size, None, dropped)


def _sample(rows: int, row_size: int, limits: Limits) -> list[int] | None:
    """Positions of a uniform sample without replacement, in order; None where all rows fit."""
    fitting = min(limits.rows, limits.size // max(row_size, 1))
    return None if rows <= fitting else sorted(_random.sample(range(rows), max(fitting, 1)))


def _maker(kind: type) -> Callable[[Any, Limits], Captured]:
    """Find out once per type how it is copied, without importing the library that it is of."""
    maker = next((_BY_NAME[name] for name in map(_full_name, kind.__mro__) if name in _BY_NAME), None)
    if maker is None:
        raise Unsupported(f"features of type {kind.__module__}.{kind.__qualname__} are not supported")
    if len(_MAKERS) < 1000:
        _MAKERS[kind] = maker
    return maker


def _full_name(kind: type) -> str:
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


_PACKERS: dict[int, Callable[..., bytes]] = {}
_random = random.Random()  # noqa: S311  a sample is not a secret
_MAKERS: dict[type, Callable[[Any, Limits], Captured]] = {}
_BY_NAME: dict[str, Callable[[Any, Limits], Captured]] = {
    "builtins.dict": lambda features, limits: capture(dict(features), limits),
    "builtins.list": _list,
    "builtins.tuple": _list,
    "numpy.ndarray": _array,
    "numpy.MaskedArray": _masked,
    "pandas.DataFrame": _pandas,
    "pandas.Series": _series,
    "polars.DataFrame": _polars,
}
