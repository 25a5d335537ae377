"""A column's reference and current distribution in a few cells, for a page."""

import math
from dataclasses import dataclass

import numpy as np

from model_monitoring_processor.reference import CategoricalReference, NumericReference, Reference
from model_monitoring_processor.types import Float, Int, Kind, Role
from model_monitoring_processor.windows.pane import BINS, WEIGHTED
from model_monitoring_processor.windows.view import WindowView
from model_monitoring_processor.windows.weights import ONE

__all__ = ["DisplayCell", "Distribution", "distribution"]

_TAIL = 0.005
"""Share of the reference beyond the readable range at either end: one cell each."""
_EVEN = 23
"""Cuts at an even spacing, where there is room."""
_TOP = 20
_OTHER, _UNSEEN = "other categories", "unseen categories"


@dataclass(frozen=True)
class DisplayCell:
    """One bar. Shares are of the rows that hold a value."""

    label: str
    """The category; empty for numbers, which have bounds."""
    low: float | None
    """Least value, inclusive; None: unbounded, or a category."""
    high: float | None
    """Bound, exclusive; equal to `low` where the cell is of one value."""
    reference: float
    current: float


@dataclass(frozen=True)
class Distribution:
    """Shares of a column; the ratios are of all rows."""

    name: str
    kind: Kind
    cells: tuple[DisplayCell, ...]
    reference_missing: float
    current_missing: float
    current_unseen: float
    current_invalid: float


def distribution(
    view: WindowView, reference: Reference, role: Role, name: str, max_cells: int = 30
) -> Distribution | None:
    """Shares of one column in the window and in the reference.

    Numbers: cells of about equal width over the middle 99 % of the reference, made of the frozen ones; a value with
    5 % of the reference has its own. Categories: the twenty most frequent of the reference, then the rest.

    Args:
        view: the window.
        reference: that it is compared with.
        role: of the column.
        name: of the column, without `prediction.`.
        max_cells: at most so many cells, 3 or more.

    Returns:
        None where the reference has no such column.
    """
    column = reference.column(role, name)
    if column is None:
        return None
    own = slice(column.offset, column.offset + column.cells)
    before, now = reference.counts[own].astype(np.float64), _weights(view, reference)[own]
    if isinstance(column, NumericReference):
        cells = _numeric(column, before, now, max_cells)
        unseen, invalid = 0.0, float(now[column.invalid])
    else:
        cells = _categorical(column, before, now, max_cells)
        unseen, invalid = float(now[column.unseen :].sum()), 0.0
    rows, total = max(1.0, float(before.sum())), float(now.sum()) or 1.0
    return Distribution(
        name=column.label,
        kind=column.kind,
        cells=tuple(cells),
        reference_missing=float(before[column.missing]) / rows,
        current_missing=float(now[column.missing]) / total,
        current_unseen=unseen / total,
        current_invalid=invalid / total,
    )


def _weights(view: WindowView, reference: Reference) -> Float:
    total = np.zeros(reference.cells)
    for name, unit in ((BINS, 1), (WEIGHTED, ONE)):
        part = view.parts.get((name, reference.hash))
        if part is not None:
            total = total + part.values / unit
    return total


def _numeric(column: NumericReference, before: Float, now: Float, max_cells: int) -> list[DisplayCell]:
    chosen = _display_cuts(column, before[: column.bins], max_cells)
    # cut i parts cell i from cell i + 1
    starts = np.concatenate([[0], chosen + 1]).astype(np.int64)
    shares = [_shares(np.add.reduceat(counts[: column.bins], starts)) for counts in (before, now)]
    edges = [None, *column.cuts[chosen].tolist(), None]
    return [
        DisplayCell("", low, _upper(low, high), float(r), float(c))
        for low, high, r, c in zip(edges[:-1], edges[1:], *shares, strict=True)
        if r > 0 or c > 0
    ]


def _upper(low: float | None, high: float | None) -> float | None:
    """A cell that ends at the next float holds one value: say so."""
    return low if low is not None and high is not None and high == math.nextafter(low, math.inf) else high


def _display_cuts(column: NumericReference, before: Float, max_cells: int) -> Int:
    """Indices of the cuts shown: those nearest to an even spacing, and both sides of frequent values."""
    cuts, total = column.cuts, float(before.sum())
    if len(cuts) == 0 or total == 0:
        return np.zeros(0, np.int64)
    atoms = _atoms(column, before / total)[: max_cells // 3]
    sides = {place for atom in atoms for place in (atom, atom + 1)}
    room = max_cells - 1 - len(sides)
    below = np.cumsum(before)[:-1] / total
    low, high = cuts[np.minimum(np.searchsorted(below, [_TAIL, 1 - _TAIL]), len(cuts) - 1)]
    even = {int(np.abs(cuts - target).argmin()) for target in np.linspace(low, high, min(_EVEN, room))}
    return np.array(sorted(even | sides), np.int64)


def _atoms(column: NumericReference, shares: Float) -> list[int]:
    """Cut on each value with 5 % of the reference and a cell of its own, the most frequent first."""
    single = np.flatnonzero(column.cuts[1:] == np.nextafter(column.cuts[:-1], np.inf))
    frequent = single[shares[single + 1] >= 0.05]
    return [int(place) for place in frequent[np.argsort(-shares[frequent + 1], kind="stable")]]


def _categorical(column: CategoricalReference, before: Float, now: Float, max_cells: int) -> list[DisplayCell]:
    top = min(_TOP, max_cells - 2, len(column.categories))
    grouped = []
    for counts in (before, now):
        rest = float(counts[top : column.bins].sum())
        grouped.append(_shares(np.array([*counts[:top], rest, float(counts[column.unseen :].sum())])))
    labels = [*column.categories[:top], _OTHER, _UNSEEN]
    cells = [DisplayCell(label, None, None, float(r), float(c)) for label, r, c in zip(labels, *grouped, strict=True)]
    return [cell for place, cell in enumerate(cells) if place < top or cell.reference > 0 or cell.current > 0]


def _shares(counts: Float) -> Float:
    total = float(counts.sum())
    return counts / total if total > 0 else counts
