"""Some rows of a batch of predictions: those on time, those not known yet."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from model_monitoring_processor.types import CategoricalColumn, Column, NumericColumn, PredictionBatch

__all__ = ["some_rows"]


def some_rows(batch: PredictionBatch, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> PredictionBatch:
    """The rows of a batch at which `kept`, shape (n,), is true."""

    def cut(columns: Mapping[str, Column]) -> dict[str, Column]:
        return {name: _cells(column, kept) for name, column in columns.items()}

    return replace(
        batch,
        keys=batch.keys[kept],
        times=batch.times[kept],
        features=cut(batch.features),
        outputs=cut(batch.outputs),
        weights=None if batch.weights is None else batch.weights[kept],
        latencies=None if batch.latencies is None else batch.latencies[kept],
        span_contexts=None if batch.span_contexts is None else batch.span_contexts[kept],
        segments=None if batch.segments is None else cut(batch.segments),
        row_ids=None if batch.row_ids is None else batch.row_ids[kept],
    )


def _cells(column: Column, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Column:
    if isinstance(column, NumericColumn):
        return NumericColumn(column.values[kept])
    return CategoricalColumn(column.codes[kept], column.categories)
