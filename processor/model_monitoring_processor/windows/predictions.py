"""Predictions into panes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from model_monitoring_processor.reference import NumericReference, Reference
from model_monitoring_processor.stats.count import add_counts, add_weighted
from model_monitoring_processor.types import Float, Int, PredictionBatch
from model_monitoring_processor.windows.codes import Codes, codes_of
from model_monitoring_processor.windows.pane import BIASED, BINS, MOMENTS, ROWS, WEIGHTED, Pane, PaneKey
from model_monitoring_processor.windows.weights import excess, square_halves

__all__ = ["Added", "add_predictions", "split_by_pane"]

_NANOSECONDS = 1_000_000_000


@dataclass
class Added:
    """What a batch did."""

    touched: list[PaneKey] = field(default_factory=list)
    """Panes that were changed, earliest first."""
    invalid: dict[str, int] = field(default_factory=dict)
    """Rows, by column, with text where the reference has numbers; only columns that had some."""
    unseen: dict[str, int] = field(default_factory=dict)
    """Rows, by column, of categories that the reference never held; only columns that had some."""


def add_predictions(
    batch: PredictionBatch, reference: Reference | None, pane_seconds: int, pane_of: Callable[[PaneKey], Pane]
) -> Added:
    """Count the rows of a batch in the panes of their event times.

    Args:
        batch: validated rows of one model.
        reference: what the columns are counted by; without one, rows are counted and nothing else.
        pane_seconds: length of a pane.
        pane_of: gives the pane of a key with what it holds so far; the pane is changed in place.

    Returns:
        The panes touched, and what did not fit the reference.
    """
    added = Added()
    codes = None if reference is None else codes_of(batch, reference)
    weights = None if batch.weights is None or bool(np.all(batch.weights == 1)) else batch.weights
    total = np.zeros(0 if reference is None else reference.cells, np.int64)
    for start, order in split_by_pane(batch.times, pane_seconds):
        key = PaneKey(batch.model, "", start)
        pane = pane_of(key)
        rows = slice(None) if order is None else order
        own_weights = None if weights is None else weights[rows]
        count = len(batch) if order is None else len(order)
        _add_rows(pane, count, own_weights)
        if batch.biased:
            pane.add(BIASED, "1", np.array([count], np.int64))
        if reference is not None and codes is not None:
            own = codes if order is None else np.take(codes, order, axis=1)
            total += _add_cells(pane, reference, own, own_weights)
        added.touched.append(key)
    if reference is not None:
        _report(added, reference, total)
    return added


def split_by_pane(times: Int, pane_seconds: int) -> Iterator[tuple[int, Int | None]]:
    """Rows of each pane, earliest pane first.

    Args:
        times: (n,) unix nanoseconds.
        pane_seconds: length of a pane.

    Yields:
        Start of the pane in unix seconds; the rows in it, None for all.
    """
    if len(times) == 0:
        return
    panes = times // (pane_seconds * _NANOSECONDS)
    if panes.min() == panes.max():
        yield int(panes[0]) * pane_seconds, None
        return
    order = np.argsort(panes, kind="stable")
    bounds = np.flatnonzero(np.diff(panes[order])) + 1
    for rows in np.split(order, bounds):
        yield int(panes[rows[0]]) * pane_seconds, rows


def _add_rows(pane: Pane, rows: int, weights: Float | None) -> None:
    over = 0 if weights is None else int(excess(weights).sum())
    pane.add(ROWS, "1", np.array([rows, over], np.int64))


def _add_cells(pane: Pane, reference: Reference, codes: Codes, weights: Float | None) -> Int:
    """Count cells, and weigh them where there are weights; return the plain counts."""
    rows = codes.shape[1]
    counts = np.zeros(reference.cells, np.int64)
    add_counts(codes, 0, rows, counts)
    pane.add(BINS, reference.hash, counts)
    if weights is not None:
        sums = np.zeros(reference.cells, np.int64)
        add_weighted(codes, 0, rows, excess(weights), sums)
        pane.add(WEIGHTED, reference.hash, sums)
        pane.add(MOMENTS, reference.hash, _moments(reference, codes, weights))
    return counts


def _moments(reference: Reference, codes: Codes, weights: Float) -> Int:
    """Squared weights of the rows that each column compares: numbers, and categories known or not."""
    high, low = square_halves(weights)
    sums = np.empty((2, len(reference.columns)), np.int64)
    for place, column in enumerate(reference.columns):
        own = codes[place] - column.offset
        there = own < column.bins if isinstance(column, NumericReference) else own != column.missing
        sums[:, place] = high[there].sum(), low[there].sum()
    return sums.ravel()


def _report(added: Added, reference: Reference, counts: Int) -> None:
    for column in reference.columns:
        own = counts[column.offset : column.offset + column.cells]
        if isinstance(column, NumericReference):
            found, rows = added.invalid, int(own[column.invalid])
        else:
            found, rows = added.unseen, int(own[column.unseen :].sum())
        if rows:
            found[column.label] = rows
