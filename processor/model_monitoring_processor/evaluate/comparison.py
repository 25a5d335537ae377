"""One column's counts, the reference's and the window's, side by side."""

from dataclasses import dataclass

import numpy as np

from model_monitoring_processor.reference import NumericReference, Reference, ReferenceColumn
from model_monitoring_processor.types import Float, Int
from model_monitoring_processor.windows.pane import BINS, MOMENTS, WEIGHTED
from model_monitoring_processor.windows.view import WindowView
from model_monitoring_processor.windows.weights import ONE, sum_of_squares

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the statistics of one column are made from."""

    column: ReferenceColumn
    reference: Float
    """(k,) counts of what is compared: the column's bins and, of categories, the unseen ones."""
    current: Float
    """(k,) the window's counts of the same cells, scaled so that they add up to `effective`."""
    n_reference: int
    n_current: int
    """Rows that are compared: not missing, nor text in a numeric column."""
    effective: float
    """(sum w)^2 / sum w^2: the plain rows that carry as much information; n_current without weights."""
    missing_ratio: float
    """Share of the window's rows, by weight, in which the column is missing."""
    rows: int
    """Rows of the window that were counted under this reference."""


def compare(view: WindowView, reference: Reference) -> list[Comparison]:
    """Set every column of the reference against the window.

    Returns:
        One for each column in the reference's order; all zeros where the window has no row under this reference.
    """
    counts = _part(view, BINS, reference, reference.cells)
    extra = _part(view, WEIGHTED, reference, reference.cells)
    moments = _part(view, MOMENTS, reference, 2 * len(reference.columns)).reshape(2, -1)
    return [
        _compare_column(column, reference.counts, counts, extra, (int(high), int(low)))
        for column, high, low in zip(reference.columns, *moments, strict=True)
    ]


def _compare_column(
    column: ReferenceColumn, reference: Int, counts: Int, extra: Int, squares: tuple[int, int]
) -> Comparison:
    own = slice(column.offset, column.offset + column.cells)
    there = _compared(column)
    before, now = reference[own][there], counts[own]
    weights = now + extra[own] / ONE
    n_current = int(now[there].sum())
    weight, total = float(weights[there].sum()), float(weights.sum())
    square = sum_of_squares(n_current, *squares)
    effective = weight * weight / square if square > 0 else 0.0
    scale = effective / weight if weight > 0 else 0.0
    return Comparison(
        column=column,
        reference=before.astype(np.float64),
        current=weights[there] * scale,
        n_reference=int(before.sum()),
        n_current=n_current,
        effective=effective,
        missing_ratio=float(weights[column.missing]) / total if total > 0 else 0.0,
        rows=int(now.sum()),
    )


def _compared(column: ReferenceColumn) -> Int:
    """Places, within the column, of what is compared."""
    bins = np.arange(column.bins)
    if isinstance(column, NumericReference):
        return bins
    return np.concatenate([bins, np.arange(column.unseen, column.cells)])


def _part(view: WindowView, name: str, reference: Reference, length: int) -> Int:
    part = view.parts.get((name, reference.hash))
    return np.zeros(length, np.int64) if part is None else part.values
