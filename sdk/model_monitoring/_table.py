"""Features of many calls, as columns: the background half of `_capture`."""

import sys
from array import array
from collections.abc import Callable
from typing import Any

from model_monitoring._arrays import host
from model_monitoring._captured import Captured
from model_monitoring._columns import Chunk, join, of_array, of_values
from model_monitoring._text import column_names
from model_monitoring._values import Scalar, plain

__all__ = ["columns_of", "shape_of"]


def shape_of(captured: Captured) -> Any:
    """What two calls must have in common to share a record; hashable."""
    form, names, data = captured.form, captured.names, captured.data
    if form == "array":
        return (form, names, data[1], data[2])
    if form == "tensor":
        return (form, names, str(data.dtype), data.shape[1])
    if form == "frame":
        return (form, tuple(map(str, data.columns)))
    if form in ("arrow", "columns"):
        return (form, names)
    return ("rows", names if names is not None else len(data) // 8 if form == "packed" else len(data[0]))


def columns_of(calls: list[Captured], feature_names: list[str] | None) -> dict[str, Chunk]:
    """Columns by name of calls that have one shape.

    Args:
        calls: with at least one row each.
        feature_names: names to use where the data has none of its own.
    """
    form, names, data = calls[0].form, calls[0].names, calls[0].data
    if form in _TABLES:
        columns = [join(list(parts)) for parts in zip(*(_TABLES[form](call.data) for call in calls), strict=True)]
        names = data.columns if form == "frame" else names
    elif form == "array":
        columns = _array_columns([call.data[0] for call in calls], data[1], data[2])
    elif all(call.form == "packed" for call in calls):
        columns = _packed_columns([call.data for call in calls])
    else:
        rows = [row for call in calls for row in _rows(call)]
        columns = [of_values(list(column)) for column in zip(*rows, strict=True)]
    given = list(names if names is not None else feature_names or ())[: len(columns)]
    padded = [*given, *[""] * (len(columns) - len(given))]
    return dict(zip(column_names(padded), columns, strict=True))


def _packed_columns(rows: list[bytes]) -> list[Chunk]:
    table, width = array("d", b"".join(rows)), len(rows[0]) // 8
    return [of_values(table[position::width]) for position in range(width)]


def _rows(captured: Captured) -> list[tuple[Scalar, ...]]:
    return [tuple(array("d", captured.data))] if captured.form == "packed" else captured.data


def _array_columns(pieces: list[bytes], dtype: Any, width: int) -> list[Chunk]:
    table = sys.modules["numpy"].frombuffer(b"".join(pieces), dtype).reshape(-1, width)
    return [of_array(table[:, position]) for position in range(width)]


def _tensor_columns(tensor: Any) -> list[Chunk]:
    return [of_array(column) for column in host(tensor).T]


def _arrow_columns(table: Any) -> list[Chunk]:
    return [_arrow_chunk(table.column(position)) for position in range(table.num_columns)]


def _arrow_chunk(column: Any) -> Chunk:
    values = column.to_numpy(zero_copy_only=False)
    if values.dtype.kind in "fiubMm":
        return of_array(values)
    return of_values([plain(value) for value in column.to_pylist()])


def _frame_columns(frame: Any) -> list[Chunk]:
    if hasattr(frame, "get_columns"):  # polars
        return [_series_chunk(series) for series in frame.get_columns()]
    return [_series_chunk(series) for _, series in frame.items()]


def _series_chunk(series: Any) -> Chunk:
    numpy = sys.modules.get("numpy")
    kind = getattr(series.dtype, "kind", "O")
    if numpy and isinstance(series.dtype, numpy.dtype) and kind in "fiubMm":
        return of_array(series.to_numpy())
    if numpy and kind == "M":  # with a time zone
        return of_array(numpy.asarray(series, dtype="datetime64[ns]"))
    if numpy and kind in "fiub":  # pandas' own kinds of numbers, with missing values
        return of_array(series.to_numpy(dtype="float64", na_value=float("nan")))
    values = series.tolist() if hasattr(series, "tolist") else series.to_list()
    return of_values([plain(value) for value in values])


_TABLES: dict[str, Callable[[Any], list[Chunk]]] = {
    "arrow": _arrow_columns,
    "columns": lambda chunks: chunks,
    "frame": _frame_columns,
    "tensor": _tensor_columns,
}
