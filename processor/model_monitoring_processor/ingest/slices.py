"""Parts of a batch: some of its rows, or one of the slices in which a batch over a long time is counted.

Each pane is a vector over all cells of the reference, so one small record whose rows are years apart would need
gigabytes at once. Its slices are counted one by one, and a commit may end between any two of them. Which row is in
which slice depends on the batch alone, so that a redelivery has the same ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from model_monitoring_processor.ingest.limits import SPREAD_NANOS
from model_monitoring_processor.types import (
    CategoricalColumn,
    Column,
    Int,
    NumericColumn,
    PredictionBatch,
)

__all__ = ["rows_of", "slices"]

_INTERVALS = 16
"""Of five minutes in one slice: with the widest reference 160 MB of panes."""

_Rows: TypeAlias = Int | np.ndarray[tuple[int], np.dtype[np.bool_]]


def slices(batch: PredictionBatch) -> Iterator[PredictionBatch]:
    """The batch in parts that touch few panes each, earliest first; most batches are one.

    Args:
        batch: of at least one row.
    """
    intervals = batch.times // SPREAD_NANOS
    if intervals.max() - intervals.min() < _INTERVALS:
        yield batch
        return
    distinct, place = np.unique(intervals, return_inverse=True)
    if len(distinct) <= _INTERVALS:
        yield batch
        return
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(_INTERVALS, len(distinct), _INTERVALS))
    for rows in np.split(order, bounds):
        yield rows_of(batch, np.sort(rows))


def rows_of(batch: PredictionBatch, rows: _Rows) -> PredictionBatch:
    """Some rows of a batch, by number or as a mask."""

    def cut(columns: Mapping[str, Column]) -> dict[str, Column]:
        return {name: _cells(column, rows) for name, column in columns.items()}

    return replace(
        batch,
        keys=batch.keys[rows],
        times=batch.times[rows],
        features=cut(batch.features),
        outputs=cut(batch.outputs),
        weights=None if batch.weights is None else batch.weights[rows],
        latencies=None if batch.latencies is None else batch.latencies[rows],
        span_contexts=None if batch.span_contexts is None else batch.span_contexts[rows],
        segments=None if batch.segments is None else cut(batch.segments),
        row_ids=None if batch.row_ids is None else batch.row_ids[rows],
    )


def _cells(column: Column, rows: _Rows) -> Column:
    if isinstance(column, NumericColumn):
        return NumericColumn(column.values[rows])
    return CategoricalColumn(column.codes[rows], column.categories)
