"""What is kept of each prediction until its label comes, and what its predicted class was."""

from collections.abc import Iterator
from itertools import repeat

import numpy as np

from model_monitoring_processor.ingest.label_record import category_texts
from model_monitoring_processor.store import PredictionRow
from model_monitoring_processor.types import Bytes, NumericColumn, PredictionBatch

__all__ = ["keys_as_bytes", "predicted_class", "prediction_rows"]

_THRESHOLD = 0.5


def keys_as_bytes(keys: Bytes) -> list[bytes]:
    """Rows of a (n, width) array of bytes, one object each."""
    rows: list[bytes] = np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").ravel().tolist()
    return rows


def prediction_rows(batch: PredictionBatch, number: int) -> Iterator[PredictionRow]:
    """Rows for the prediction log.

    Args:
        batch: the predictions.
        number: of their model in the store.
    """
    score, predicted = batch.outputs.get("score"), batch.outputs.get("class")
    scores = score.values.tolist() if isinstance(score, NumericColumn) else repeat(None)
    classes = category_texts(predicted) if predicted else repeat(None)
    return zip(
        keys_as_bytes(batch.keys), batch.times.tolist(), scores, classes, repeat(number), _contexts(batch), strict=False
    )


def predicted_class(score: float | None, given: str | None) -> str | None:
    """The class that a prediction stands for: the one it gave, else the positive one from a score of one half.

    Returns:
        None where neither is known; such a row keeps its label and has no outcome yet.
    """
    if given is not None or score is None:
        return given
    return "1" if score >= _THRESHOLD else "0"


def _contexts(batch: PredictionBatch) -> Iterator[bytes | None]:
    if batch.span_contexts is None:
        return repeat(None)
    nothing = bytes(24)
    return (None if context == nothing else context for context in keys_as_bytes(batch.span_contexts))
