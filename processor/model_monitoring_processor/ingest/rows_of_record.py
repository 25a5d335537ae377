"""What prediction and label records have in common: who, how many, when, and which rows."""

from typing import NamedTuple

import numpy as np

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import MAX_ID_LENGTH, key_of
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import Attributes, required_bytes, text, whole_number
from model_monitoring_processor.ingest.limits import (
    FUTURE_NANOS,
    MAX_BATCH_ID,
    MAX_ROWS,
    MAX_SPREAD_PANES,
    MIN_TIME_NANOS,
    SPREAD_NANOS,
)
from model_monitoring_processor.types import Bytes, Int, ModelId

__all__ = ["Head", "head_of", "keys_of", "plausible", "row_count", "times_of"]


class Head(NamedTuple):
    """Identity of a record."""

    model: ModelId
    batch_id: str
    rows: int


def row_count(attributes: Attributes) -> int:
    """Rows that a record says it has, also where it is refused; at least 1, so that no refusal counts as nothing."""
    try:
        return whole_number(attributes, semconv.ROW_COUNT, reasons.ROW_COUNT, 1, MAX_ROWS)
    except BadData:
        return 1


def head_of(attributes: Attributes, environment: str, *, named: bool) -> Head:
    """Check and read the identity of a record.

    Args:
        attributes: of the record.
        environment: of the resource, for records that do not say.
        named: whether the model's name is required.

    Raises:
        BadData: a part is missing, too long, or of a version that this reader does not know.
    """
    version = text(attributes, semconv.WIRE_VERSION, reasons.WIRE_VERSION, low=1)
    if version != semconv.SCHEMA_VERSION:
        message = f"{semconv.WIRE_VERSION} is {version!r}, this reader knows {semconv.SCHEMA_VERSION!r}: update it"
        raise BadData(reasons.WIRE_VERSION, message)
    model = ModelId(
        text(attributes, semconv.MODEL_NAME, reasons.MODEL_NAME, low=int(named)),
        text(attributes, semconv.MODEL_VERSION, reasons.MODEL_VERSION),
        text(attributes, semconv.ENVIRONMENT, reasons.ENVIRONMENT) or environment,
    )
    batch_id = text(attributes, semconv.BATCH_ID, reasons.BATCH_ID, low=1, high=MAX_BATCH_ID)
    rows = whole_number(attributes, semconv.ROW_COUNT, reasons.ROW_COUNT, 1, MAX_ROWS)
    return Head(model, batch_id, rows)


def times_of(attributes: Attributes, rows: int) -> Int:
    """Event times, shape (rows,), unix nanoseconds.

    Raises:
        BadData: missing or of another length.
    """
    packed = required_bytes(attributes, semconv.TIMESTAMPS, reasons.TIMESTAMPS, 8 * rows)
    return np.frombuffer(packed, np.dtype("<i8"))


def plausible(times: Int, now: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    """Which rows have a plausible event time; None where all have.

    Raises:
        BadData: the plausible ones lie in more intervals than one record may touch.
    """
    latest = now + FUTURE_NANOS
    kept = None
    if times.min() < MIN_TIME_NANOS or times.max() > latest:
        kept = (times >= MIN_TIME_NANOS) & (times <= latest)
        times = times[kept]
    if times.size > MAX_SPREAD_PANES:
        touched = np.unique(times // SPREAD_NANOS).size
        if touched > MAX_SPREAD_PANES:
            message = f"the rows lie in {touched} intervals of five minutes, allowed are {MAX_SPREAD_PANES}"
            raise BadData(reasons.TIME_SPREAD, message)
    return kept


def keys_of(attributes: Attributes, rows: int) -> Bytes:
    """Row keys, shape (rows, 16).

    Raises:
        BadData: not as many ids as rows, or an id that is empty or too long.
    """
    value = attributes.get(semconv.PREDICTION_IDS)
    kind = None if value is None else value.WhichOneof("value")
    if value is None or kind not in {"bytes_value", "array_value"}:
        raise BadData(reasons.IDS, f"{semconv.PREDICTION_IDS} must be bytes or an array of strings")
    if kind == "bytes_value":
        packed = required_bytes(attributes, semconv.PREDICTION_IDS, reasons.IDS, 16 * rows)
    else:
        ids = [entry.string_value for entry in value.array_value.values]
        if len(ids) != rows:
            raise BadData(reasons.IDS, f"{len(ids)} {semconv.PREDICTION_IDS} for {rows} rows")
        if not all(1 <= len(name) <= MAX_ID_LENGTH for name in ids):
            raise BadData(reasons.IDS, f"{semconv.PREDICTION_IDS} must be strings of 1 to {MAX_ID_LENGTH} characters")
        packed = b"".join([key_of(name) for name in ids])
    return np.frombuffer(packed, np.uint8).reshape(rows, 16)
