"""One `ml.label.batch` record -> LabelBatch."""

import math

import numpy as np

from model_monitoring import semconv
from model_monitoring_processor.categories import canonical, canonical_number
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import trace_key
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import Attributes, optional_bytes
from model_monitoring_processor.ingest.columns import named_column
from model_monitoring_processor.ingest.rows_of_record import head_of, keys_of, plausible, times_of
from model_monitoring_processor.types import Bytes, Column, LabelBatch, NumericColumn

__all__ = ["category_texts", "label_batch"]


def label_batch(attributes: Attributes, environment: str, now: int) -> tuple[LabelBatch, dict[str, int]]:
    """Check and read a record of labels.

    Args:
        attributes: of the record.
        environment: of its resource.
        now: wall clock, unix nanoseconds.

    Returns:
        The batch and how many of its labels were left out, by reason: no plausible time, or no value.

    Raises:
        BadData: the record as a whole cannot be used.
    """
    model, batch_id, rows = head_of(attributes, environment, named=False)
    times, traces = times_of(attributes, rows), _traces(attributes, rows)
    keys = keys_of(attributes, rows) if traces is None else _waiting_keys(traces, model.name)
    value = attributes.get(semconv.LABELS)
    if value is None:
        raise BadData(reasons.LABEL, f"{semconv.LABELS} is missing")
    labels = category_texts(named_column(value, rows, "the record", semconv.LABELS))
    on_time = plausible(times, now)
    timely = np.ones(rows, np.bool_) if on_time is None else on_time
    kept = timely & np.array([label is not None for label in labels])
    rejected = {reasons.EVENT_TIME: rows - int(timely.sum()), reasons.LABEL: int(timely.sum() - kept.sum())}
    texts = tuple([label for label, keep in zip(labels, kept.tolist(), strict=True) if keep and label is not None])
    traces = None if traces is None else traces[kept]
    return LabelBatch(model, batch_id, keys[kept], texts, times[kept], traces), rejected


def _traces(attributes: Attributes, rows: int) -> Bytes | None:
    packed = optional_bytes(attributes, semconv.PREDICTION_TRACE_IDS, reasons.IDS, 16 * rows)
    if packed is None:
        return None
    if semconv.PREDICTION_IDS in attributes:
        message = f"{semconv.PREDICTION_IDS} and {semconv.PREDICTION_TRACE_IDS} say the same: send one of them"
        raise BadData(reasons.IDS, message)
    traces = np.frombuffer(packed, np.uint8).reshape(rows, 16)
    if not traces.any(axis=1).all():
        raise BadData(reasons.IDS, f"{semconv.PREDICTION_TRACE_IDS} holds a trace id of zeros")
    return traces


def _waiting_keys(traces: Bytes, model: str) -> Bytes:
    keys = b"".join(trace_key(trace.tobytes(), model) for trace in traces)
    return np.frombuffer(keys, np.uint8).reshape(len(traces), 16)


def category_texts(column: Column) -> list[str | None]:
    """Canonical text of every cell, None where it is missing (also for NaN and infinities)."""
    if isinstance(column, NumericColumn):
        texts = {value: canonical_number(value) for value in set(column.values.tolist()) if math.isfinite(value)}
        return [texts.get(value) for value in column.values.tolist()]
    names = dict(enumerate(canonical(category) for category in column.categories))
    return [names.get(code) for code in column.codes.tolist()]
