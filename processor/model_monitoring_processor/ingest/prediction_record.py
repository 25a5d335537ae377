"""One `ml.prediction.batch` record -> PredictionBatch."""

import numpy as np

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import Attributes, optional_bytes, text
from model_monitoring_processor.ingest.columns import packed_columns
from model_monitoring_processor.ingest.limits import MAX_WEIGHT
from model_monitoring_processor.ingest.rows_of_record import head_of, keys_of, plausible, times_of
from model_monitoring_processor.ingest.slices import rows_of
from model_monitoring_processor.types import Float, PredictionBatch

__all__ = ["prediction_batch"]


def prediction_batch(attributes: Attributes, environment: str, now: int) -> tuple[PredictionBatch, int]:
    """Check and read a record of predictions.

    Args:
        attributes: of the record.
        environment: of its resource.
        now: wall clock, unix nanoseconds.

    Returns:
        The batch and how many of its rows were left out because their event time is not plausible.

    Raises:
        BadData: the record as a whole cannot be used.
    """
    model, batch_id, rows = head_of(attributes, environment, named=True)
    times = times_of(attributes, rows)
    latencies = optional_bytes(attributes, semconv.LATENCIES, reasons.COLUMN_LENGTH, 4 * rows)
    contexts = optional_bytes(attributes, semconv.SPAN_CONTEXTS, reasons.COLUMN_LENGTH, 24 * rows)
    batch = PredictionBatch(
        model=model,
        batch_id=batch_id,
        keys=keys_of(attributes, rows),
        times=times,
        features=packed_columns(attributes, semconv.FEATURES, rows),
        outputs=packed_columns(attributes, semconv.OUTPUTS, rows),
        weights=_weights(attributes, rows),
        latencies=None if latencies is None else np.frombuffer(latencies, np.dtype("<f4")),
        span_contexts=None if contexts is None else np.frombuffer(contexts, np.uint8).reshape(rows, 24),
        segments=packed_columns(attributes, semconv.SEGMENTS, rows) or None,
        task_type=text(attributes, semconv.TASK_TYPE, reasons.TASK_TYPE),
        schema_hash=text(attributes, semconv.SCHEMA_HASH, reasons.SCHEMA_HASH),
    )
    kept = plausible(times, now)
    if kept is None:
        return batch, 0
    return rows_of(batch, kept), rows - int(np.count_nonzero(kept))


def _weights(attributes: Attributes, rows: int) -> Float | None:
    packed = optional_bytes(attributes, semconv.WEIGHTS, reasons.WEIGHTS, 8 * rows)
    if packed is None:
        return None
    weights = np.frombuffer(packed, np.dtype("<f8"))
    # Written so that NaN is refused as well.
    if not np.all((weights > 0) & (weights <= MAX_WEIGHT)):
        raise BadData(reasons.WEIGHTS, f"{semconv.WEIGHTS} must lie in (0, {MAX_WEIGHT:.0f}]")
    return weights
