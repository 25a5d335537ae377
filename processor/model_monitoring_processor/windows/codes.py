"""Rows to cells: a matrix with, for every column of the reference and every row, the place in the flat vector."""

import math

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.categories import canonical, canonical_number
from model_monitoring_processor.reference import CategoricalReference, NumericReference, Reference
from model_monitoring_processor.stats.locate import locate
from model_monitoring_processor.types import CategoricalColumn, Column, NumericColumn, PredictionBatch

__all__ = ["Codes", "codes_of"]

Codes = npt.NDArray[np.int32]


def codes_of(batch: PredictionBatch, reference: Reference) -> Codes:
    """Place of every value.

    A column that the batch lacks is missing in all its rows; one that the reference lacks is ignored. Whether a
    column is numeric is the reference's word: text is parsed, numbers become categories, both once per distinct
    value.

    Returns:
        (columns of the reference, rows).
    """
    codes = np.empty((len(reference.columns), len(batch)), np.int32)
    for column, row in zip(reference.columns, codes, strict=True):
        sent = (batch.features if column.role == "feature" else batch.outputs).get(column.name)
        if sent is None:
            row[:] = column.offset + column.missing
        elif isinstance(column, NumericReference):
            _numeric(sent, column, row)
        else:
            _categorical(sent, column, row)
    return codes


def _numeric(sent: Column, column: NumericReference, row: Codes) -> None:
    if isinstance(sent, NumericColumn):
        _locate(sent.values, column, row)
        return
    numbers = [_parsed(text) for text in sent.categories]
    parsed = np.array([math.nan if number is None else number for number in numbers], np.float64)
    cells = np.empty(len(numbers) + 1, np.int32)
    _locate(parsed, column, cells[:-1])
    cells[:-1][[number is None for number in numbers]] = column.offset + column.invalid
    cells[-1] = column.offset + column.missing
    row[:] = _by_code(sent, cells)


def _locate(values: npt.NDArray[np.floating], column: NumericReference, out: Codes) -> None:
    """Compare at the coarser precision of the two."""
    single = values.dtype == np.float32 or column.precision == "f4"
    if single and values.dtype != np.float32:
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
    grid = column.grid_f4 if single else column.grid
    locate(values, grid, column.offset, column.offset + column.missing, out)


def _parsed(text: str) -> float | None:
    """The number that a text is; None where it is none ("1_0" is a name)."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _categorical(sent: Column, column: CategoricalReference, row: Codes) -> None:
    if isinstance(sent, NumericColumn):
        distinct, inverse = np.unique(sent.values, return_inverse=True)
        cells = [column.missing if np.isnan(v) else column.cell_of(canonical_number(v)) for v in distinct]
        row[:] = np.array(cells, np.int32)[inverse] + column.offset
        return
    cells = [column.cell_of(canonical(category)) for category in sent.categories]
    row[:] = _by_code(sent, np.array([*cells, column.missing], np.int32) + column.offset)


def _by_code(sent: CategoricalColumn, cells: Codes) -> Codes:
    """Look up each row's code; the largest code, which is past the categories, takes the last cell."""
    return cells[np.minimum(sent.codes.astype(np.intp), len(cells) - 1)]
