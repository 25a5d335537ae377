"""Python's own containers, copied: one row or many, by name or by position."""

from collections.abc import Callable
from itertools import chain
from struct import Struct
from typing import Any

from model_monitoring._captured import MAX_FEATURES, Captured, Limits, Unsupported, sample
from model_monitoring._columns import Chunk, of_array, of_values
from model_monitoring._nested import flatten, is_record, record_of
from model_monitoring._values import PLAIN, Scalar, plain, plain_row

__all__ = ["of_columns", "of_list", "of_row"]

_SCALARS = PLAIN | {str}
_NUMERIC = "fiubMm"
_new = tuple.__new__
"""Makes a named tuple without the Python call that its own constructor is: this is the hot path."""


def of_row(names: tuple[Any, ...] | None, values: tuple[Any, ...], limits: Limits | None = None) -> Captured:
    """One row. Packing fails on the first value that is not a number, and tells so faster than a look at each.

    Args:
        names: of the values, where they have any.
        values: of any kind.
        limits: given where the values may be whole columns: then they are, if all are sequences of one length.
    """
    width = len(values)
    if width > MAX_FEATURES:
        row = of_row(names and names[:MAX_FEATURES], values[:MAX_FEATURES], limits)
        return row._replace(dropped_features=width - MAX_FEATURES)
    try:
        data = (_PACKERS.get(width) or _packer(width))(*values)
    except Exception:  # noqa: BLE001  text, None, or a stranger's __float__
        if _SCALARS.issuperset(map(type, values)):
            return Captured("rows", names, [tuple(map(plain, values))], 1, 64 * width)
        if limits is not None and names and _are_columns(values):
            return of_columns(names, values, limits)
        return _opened(names, values)
    return _new(Captured, ("packed", names, data, 1, 8 * width, None, 0, 0))


def of_columns(names: tuple[Any, ...], columns: tuple[Any, ...], limits: Limits) -> Captured:
    """Whole columns of one length: lists, tuples, one-dimensional arrays or Series."""
    rows, width = len(columns[0]), min(len(columns), MAX_FEATURES)
    kept = sample(rows, 64 * width, limits)
    chunks = [_column(column, kept) for column in columns[:width]]
    left, total = (len(kept), rows) if kept else (rows, 0)
    return Captured("columns", names[:width], chunks, left, 64 * width * left, kept, len(columns) - width, total)


def of_list(features: Any, limits: Limits) -> Captured:
    """A list: of values (one row), or of rows that are records, lists or arrays."""
    rows = list(features)
    if not rows:
        return Captured("rows", None, [], 0, 0)
    first = rows[0]
    dimensions = getattr(first, "ndim", 0)
    if dimensions > 1:
        raise Unsupported(f"a list of arrays of {dimensions} dimensions")
    make = _records if is_record(type(first)) else _sequences
    if make is _sequences and not (dimensions or isinstance(first, list | tuple)):
        return of_row(None, tuple(rows))
    total, width = len(rows), len(first) if hasattr(first, "__len__") else 32
    kept = sample(total, 64 * width, limits)
    captured = make([rows[position] for position in kept] if kept else rows)
    return captured._replace(kept=kept, sampled_from=total) if kept else captured


def _opened(names: tuple[Any, ...] | None, values: tuple[Any, ...]) -> Captured:
    """One row that holds records, lists or arrays, or values of strange types."""
    path = tuple(range(len(values))) if names is None else names
    flat = flatten(zip(path, values, strict=True))
    if tuple(flat) == path:
        return Captured("rows", names, [tuple(flat.values())], 1, 64 * len(values))
    return _tuples(tuple(flat), [tuple(flat.values())])


def _records(rows: list[Any]) -> Captured:
    """Rows by name; a name that a row lacks is missing there."""
    records = [record_of(row) for row in rows]
    if any(not _SCALARS.issuperset(map(type, record.values())) for record in records):
        records = [flatten(record.items()) for record in records]
    names = tuple(records[0])
    if any(tuple(record) != names for record in records):
        names = tuple(dict.fromkeys(chain.from_iterable(records)))
    return _tuples(names, [tuple(map(record.get, names)) for record in records])


def _sequences(rows: list[Any]) -> Captured:
    plain_rows = [tuple(row.tolist() if hasattr(row, "tolist") else row) for row in rows]
    if any(not _SCALARS.issuperset(map(type, row)) and any(map(_is_open, row)) for row in plain_rows):
        return _records([dict(enumerate(row)) for row in plain_rows])
    return _tuples(None, plain_rows)


def _is_open(cell: Any) -> bool:
    return isinstance(cell, list | tuple) or is_record(type(cell))


def _tuples(names: tuple[Any, ...] | None, rows: list[tuple[Any, ...]]) -> Captured:
    width = max(map(len, rows))
    dropped = max(width - MAX_FEATURES, 0)
    width -= dropped
    data = [_to_width(plain_row(row[:width]), width) for row in rows]
    size = 64 * width * len(data)
    return Captured("rows", names[:width] if names else None, data, len(data), size, None, dropped)


def _to_width(row: tuple[Scalar, ...], width: int) -> tuple[Scalar, ...]:
    return row if len(row) == width else row + (None,) * (width - len(row))


def _are_columns(values: tuple[Any, ...]) -> bool:
    return all(map(_is_column, values)) and len(set(map(len, values))) == 1


def _is_column(value: Any) -> bool:
    if isinstance(value, list | tuple):
        first = value[0] if value else None
        return not (_is_open(first) or getattr(first, "ndim", 0) > 0)
    if getattr(value, "ndim", 0) == 1:
        return hasattr(value, "tolist")
    return type(value).__name__ == "Series"  # polars has no ndim


def _column(column: Any, kept: list[int] | None) -> Chunk:
    if hasattr(column, "to_numpy"):
        column = column.to_numpy()
    if type(column).__name__ == "ndarray" and column.dtype.kind in _NUMERIC:
        return of_array(column[kept] if kept else column)
    values = column.tolist() if hasattr(column, "tolist") else column
    return of_values([plain(values[position]) for position in kept] if kept else [plain(value) for value in values])


def _packer(width: int) -> Callable[..., bytes]:
    return _PACKERS.setdefault(width, Struct(f"{width}d").pack)


_PACKERS: dict[int, Callable[..., bytes]] = {}
