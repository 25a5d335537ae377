"""Whether a reference makes sense. Its hash says that it is as it was written, not that it was written right."""

import math
from collections import Counter

import numpy as np

from model_monitoring_processor.categories import canonical
from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference.columns import CategoricalReference, NumericReference, ReferenceColumn
from model_monitoring_processor.reference.reference import Reference
from model_monitoring_processor.types import Int

__all__ = ["check"]


def check(reference: Reference) -> None:
    """Check what the layout, the kernels and the statistics rely on.

    Args:
        reference: just built, or assembled from a file that anybody may have written.

    Raises:
        ReferenceFileError: it contradicts itself; the message says where.
    """
    _check_head(reference)
    for column in reference.columns:
        where = f"column {column.name!r}"
        _require(isinstance(column.name, str), f"{where} has a name that is not text")
        _require(column.role in {"feature", "output"}, f"{where} has the role {column.role!r}: feature or output")
        if isinstance(column, NumericReference):
            _check_numeric(column, where)
        else:
            _check_categorical(column, where)
        _check_counts(reference, column, where)
    labels = Counter((column.role, column.name) for column in reference.columns)
    for (role, name), times in labels.items():
        _require(times == 1, f"two {role} columns are called {name!r}")


def _check_head(reference: Reference) -> None:
    _require(isinstance(reference.model, str), "the model's name is not text")
    _require(isinstance(reference.version, str), "the model's version is not text")
    _require(type(reference.rows) is int and reference.rows > 0, f"{reference.rows!r} rows: a whole number from 1 on")
    _require(all(isinstance(note, str) for note in reference.notes), "a note is not text")
    _require(bool(reference.columns), "there is no column")
    baseline: dict[str, object] = dict(reference.baseline)
    for name, value in baseline.items():
        number = isinstance(value, int | float) and math.isfinite(value)
        _require(number, f"the baseline's {name} is {value!r}, not a number")


def _check_numeric(column: NumericReference, where: str) -> None:
    cuts = column.cuts
    _require(column.precision in {"f4", "f8"}, f"{where} has the precision {column.precision!r}: f4 or f8")
    _require(bool(np.all(np.isfinite(cuts)) and np.all(np.diff(cuts) > 0)), f"{where} has cuts that do not ascend")
    for name, places in (("quantile_cuts", column.quantile_cuts), ("mass_cuts", column.mass_cuts)):
        inside = _ascends(places) and (len(places) == 0 or (places[0] >= 0 and places[-1] < len(cuts)))
        _require(inside, f"{where} has {name} that do not point to its {len(cuts)} cuts in ascending order")


def _check_categorical(column: CategoricalReference, where: str) -> None:
    categories = column.categories
    _require(all(isinstance(category, str) for category in categories), f"{where} has a category that is not text")
    _require(len(set(categories)) == len(categories), f"{where} has a category twice")
    for category in categories:
        # no traffic could ever match it
        _require(canonical(category) == category, f"{where} has {category!r}, which is not in canonical form")
    _require(bool(np.all(column.pooled[1:] > column.pooled[:-1])), f"{where} has pooled hashes that do not ascend")


def _check_counts(reference: Reference, column: ReferenceColumn, where: str) -> None:
    counts = reference.counts[column.offset : column.offset + column.cells]
    _require(bool(np.all(counts >= 0)), f"{where} has a negative count")
    # a sum of int64 could wrap around to the right number
    total = math.fsum(counts.tolist())
    _require(total == reference.rows, f"{where} counts {total:,.0f} rows, the reference has {reference.rows:,}")


def _ascends(places: Int) -> bool:
    return bool(np.all(places[1:] > places[:-1]))


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ReferenceFileError(otherwise)
