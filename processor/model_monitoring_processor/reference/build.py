"""Freeze a reference from a data set."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference.baseline import baseline_of
from model_monitoring_processor.reference.check import check
from model_monitoring_processor.reference.columns import (
    CategoricalReference,
    NumericReference,
    ReferenceColumn,
    hash_of,
)
from model_monitoring_processor.reference.cuts import cuts_of
from model_monitoring_processor.reference.reference import Reference
from model_monitoring_processor.reference.values import Categories, Numbers, read_column
from model_monitoring_processor.stats.locate import locate
from model_monitoring_processor.types import Int, Role

__all__ = ["MAX_CATEGORIES", "build"]

MAX_CATEGORIES = 1000
"""Categories kept by name; the rest of a column shares one cell."""

FEW_ROWS = 2000
"""A smaller reference is itself so noisy that it is worth a note."""


def build(
    columns: Mapping[str, Any],
    *,
    model: str,
    version: str = "",
    outputs: Mapping[str, str] | Sequence[str] = (),
    label: str | None = None,
    categorical: Collection[str] = (),
    drop: Collection[str] = (),
) -> Reference:
    """Freeze a data set as the reference of a model.

    Booleans and text become categorical columns, integers and floats numeric ones unless named in `categorical`.
    Missing values are NaN or None. Identifiers (text of which no two rows are alike) and times are left out, with
    a note in the reference.

    Args:
        columns: one array-like for each column, all of the same length; arrays, lists or a DataFrame's columns.
        model: name of the model.
        version: of the model; empty serves all versions.
        outputs: columns that are outputs: `{column: "score" | "value" | "class" | "probability.<class>"}`, or their
            names where they are called so already.
        label: column with the true outcome; it is not monitored, but gives the baseline performance.
        categorical: columns to be taken as categories although they hold numbers.
        drop: columns to leave out.

    Returns:
        The reference; equal input gives an equal hash.

    Raises:
        ReferenceFileError: no rows, lengths that differ, names that do not exist or occur twice, or nothing to monitor.
    """
    renamed = dict(outputs) if isinstance(outputs, Mapping) else {name: name for name in outputs}
    _check_names(columns, [*renamed, *categorical, *drop, *([label] if label is not None else [])])
    rows = _rows_of(columns)
    data: list[tuple[str, Role, Numbers | Categories]] = []
    notes = [f"only {rows:,} rows: verdicts are less sure than with {FEW_ROWS:,} or more"] if rows < FEW_ROWS else []
    for name in sorted(columns, key=lambda column: column in renamed):
        if name == label or name in drop:
            continue
        read = read_column(name, columns[name], name in categorical or renamed.get(name) == "class")
        if isinstance(read, str):
            notes.append(f"column {name!r} was left out: {read}")
        else:
            data.append((renamed.get(name, name), "output" if name in renamed else "feature", read))
    if not data:
        raise ReferenceFileError("no column is left to monitor: " + ("; ".join(notes) or "all were dropped"))
    frozen, counts = _freeze(data, notes)
    baseline = baseline_of({renamed[name]: columns[name] for name in renamed}, columns[label]) if label else {}
    reference = Reference(model, version, frozen, counts, rows, baseline, tuple(notes))
    check(reference)
    return reference


def _check_names(columns: Mapping[str, Any], named: Collection[str]) -> None:
    unknown = sorted(set(named) - set(columns))
    if unknown:
        raise ReferenceFileError(
            f"the data has no column {', '.join(map(repr, unknown))}; it has {', '.join(map(repr, columns))}"
        )


def _rows_of(columns: Mapping[str, Any]) -> int:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ReferenceFileError(f"columns differ in length: {lengths}")
    rows = next(iter(lengths.values()), 0)
    if rows == 0:
        raise ReferenceFileError("the data has no rows: a reference needs some thousands")
    return rows


def _freeze(
    data: Sequence[tuple[str, Role, Numbers | Categories]], notes: list[str]
) -> tuple[tuple[ReferenceColumn, ...], Int]:
    columns: list[ReferenceColumn] = []
    counts: list[Int] = []
    offset = 0
    for name, role, read in data:
        column: ReferenceColumn
        if isinstance(read, Numbers):
            column, own = _numeric(name, role, offset, read)
        else:
            column, own = _categorical(name, role, offset, read)
        if own[: column.bins].sum() == 0:
            notes.append(f"column {name!r} holds nothing but missing values")
        columns.append(column)
        counts.append(own)
        offset += column.cells
    return tuple(columns), np.concatenate(counts)


def _numeric(name: str, role: Role, offset: int, read: Numbers) -> tuple[NumericReference, Int]:
    finite = read.values[np.isfinite(read.values)].astype(np.float64)
    column = NumericReference(
        name=name,
        role=role,
        offset=offset,
        precision="f4" if read.values.dtype == np.float32 else "f8",
        **cuts_of(finite)._asdict(),
    )
    codes = np.empty(len(read.values), np.int32)
    locate(read.values, column.grid_f4 if column.precision == "f4" else column.grid, 0, column.missing, codes)
    return column, np.bincount(codes, minlength=column.cells).astype(np.int64)


def _categorical(name: str, role: Role, offset: int, read: Categories) -> tuple[CategoricalReference, Int]:
    ordered = sorted(read.counts, key=lambda category: (-read.counts[category], category))
    pooled = np.array(sorted(hash_of(c) for c in ordered[MAX_CATEGORIES:]), np.uint64)
    column = CategoricalReference(name, role, offset, tuple(ordered[:MAX_CATEGORIES]), pooled)
    own = np.zeros(column.cells, np.int64)
    for category in ordered:
        own[column.cell_of(category)] += read.counts[category]
    own[column.missing] = read.missing
    return column, own
