"""Rows per cell, from a matrix of cells."""

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.stats.jit import jit
from model_monitoring_processor.types import Int

__all__ = ["add_counts", "add_weighted"]

_Codes = npt.NDArray[np.int32]


@jit
def add_counts(codes: _Codes, start: int, stop: int, cells: Int) -> None:
    """Add one to the cell of every row in [start, stop) of every column.

    Args:
        codes: (columns, rows) cell of each value.
        start: first row.
        stop: row after the last.
        cells: (cells,) counts, added to.
    """
    for column in range(codes.shape[0]):
        for row in range(start, stop):
            cells[codes[column, row]] += 1


@jit
def add_weighted(codes: _Codes, start: int, stop: int, weights: Int, cells: Int) -> None:
    """Add each row's integer weight to its cell in every column.

    Args:
        codes: (columns, rows) cell of each value.
        start: first row.
        stop: row after the last.
        weights: (rows,) fixed-point weights.
        cells: (cells,) sums, added to.
    """
    for column in range(codes.shape[0]):
        for row in range(start, stop):
            cells[codes[column, row]] += weights[row]
