"""What a column of a data set is: numbers, categories, or nothing to monitor."""

import numbers
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.categories import canonical, canonical_number
from model_monitoring_processor.errors import ReferenceFileError

__all__ = ["Categories", "Numbers", "canonical_of", "is_missing", "read_column"]

_IDENTIFIER_ROWS = 20
"""So many different texts and no two alike are identifiers."""


class Numbers(NamedTuple):
    """(rows,) float64 or float32; NaN is missing."""

    values: npt.NDArray[np.floating[Any]]


class Categories(NamedTuple):
    """Rows of each category in canonical form, and rows without one."""

    counts: dict[str, int]
    missing: int


def read_column(name: str, data: Any, categorical: bool) -> Numbers | Categories | str:
    """Turn a column into numbers or categories.

    Booleans and text are categories; integers and floats are numbers unless named as categorical.

    Args:
        name: for messages.
        data: one-dimensional array-like of numbers, text, booleans, None.
        categorical: the user says that it is.

    Returns:
        The column, or a sentence that says why it cannot be monitored.

    Raises:
        ReferenceFileError: it is not one-dimensional.
    """
    array = np.asarray(data)
    if array.ndim != 1:
        raise ReferenceFileError(f"column {name!r} has {array.ndim} dimensions: give one value per row")
    if array.dtype.kind in "mM":
        return "times are not monitored: derive a number (hour, age in days) from it"
    if array.dtype.kind in "iuf":
        return _count(_on_the_wire(array)) if categorical else Numbers(_on_the_wire(array))
    if array.dtype.kind == "O" and not categorical and _numeric(array):
        return Numbers(np.array([np.nan if is_missing(v) else float(v) for v in array], np.float64))
    counted = _count(array)
    if isinstance(counted, str) or categorical or not _identifiers(counted):
        return counted
    return "every value is different: an identifier, not a feature"


def is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA and NaT."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, numbers.Real) and value != value  # noqa: PLR0124 - NaN


def canonical_of(value: Any) -> str:
    """Canonical category of a Python or numpy value that is not missing."""
    if isinstance(value, str):
        return canonical(value)
    return canonical_number(value if isinstance(value, np.float32) else float(value))


def _on_the_wire(array: npt.NDArray[Any]) -> npt.NDArray[np.floating[Any]]:
    """Float32 stays; all else becomes float64, as on the wire."""
    small = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return array.astype(np.float32 if small else np.float64)


def _numeric(array: npt.NDArray[Any]) -> bool:
    """Every value that is there is a number and no boolean; a column of nothing counts as numbers."""
    kinds = {type(v) for v in array if not is_missing(v)}
    return all(issubclass(k, numbers.Number) and not issubclass(k, (bool, np.bool_)) for k in kinds)


def _count(array: npt.NDArray[Any]) -> Categories | str:
    counts: dict[str, int] = {}
    missing = 0
    try:
        for value, rows in _rows_by_value(array):
            if is_missing(value):
                missing += rows
            else:
                key = canonical_of(value)
                counts[key] = counts.get(key, 0) + rows
    except (TypeError, ValueError):
        return "its values are neither numbers nor text"
    return Categories(counts, missing)


def _rows_by_value(array: npt.NDArray[Any]) -> Iterable[tuple[Any, int]]:
    if array.dtype.kind == "f":  # numpy's scalars know their precision, Python's float does not
        return zip(*np.unique(array, return_counts=True), strict=True)
    return Counter(array.tolist()).items()


def _identifiers(column: Categories) -> bool:
    rows = sum(column.counts.values())
    return rows >= _IDENTIFIER_ROWS and len(column.counts) == rows
