"""The two packed events (docs/wire.md): columns and keys in, attributes of records below 512 KiB out."""

import sys
from array import array
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias

from model_monitoring import _ids, semconv
from model_monitoring._columns import Chunk, Packed, is_category, pack, part
from model_monitoring._model import Identity, Model

__all__ = [
    "MAX_LABELS",
    "MAX_RECORD_BYTES",
    "MAX_ROWS",
    "Drop",
    "Event",
    "LabelRows",
    "Rows",
    "label_events",
    "row_events",
]

MAX_ROWS = 1000
MAX_LABELS = 5000
MAX_RECORD_BYTES = 512 * 1024
Drop: TypeAlias = Callable[[str, int], None]
"""Takes a reason and how many rows it has cost."""
_OVERHEAD = 2048
"""Bytes of a record beside its columns: identity, batch id, framing."""


class Event(NamedTuple):
    """One record to be sent: its event name and attributes, and what it holds for the counters."""

    name: str
    attributes: dict[str, Any]
    identity: Identity
    rows: int
    size: int


class Rows(NamedTuple):
    """Rows of one model and schema; all sequences have one entry per row."""

    model: Model
    features: dict[str, Chunk]
    outputs: dict[str, Chunk]
    ids: list[bytes | str]
    """16 bytes each where the SDK made them, else text."""
    times: list[int]
    latencies: list[float]
    weights: list[float]
    span_contexts: bytes
    """24 bytes a row, or empty."""
    segments: dict[str, Chunk] = {}  # noqa: RUF012  never written


class LabelRows(NamedTuple):
    """Labels of one model; all sequences have one entry per label."""

    identity: Identity
    labels: Chunk
    ids: list[bytes | str]
    times: list[int]
    by_trace: bool = False
    """Whether the ids are those of traces."""


def row_events(rows: Rows, drop: Drop) -> Iterator[Event]:
    """Cut rows into `ml.prediction.batch` events.

    Args:
        rows: any number of them.
        drop: called with a reason and a number for rows that cannot go out.
    """
    total = len(rows.ids)
    for start in range(0, total, MAX_ROWS):
        yield from _fitting(lambda a, b: _row_event(rows, a, b), start, min(start + MAX_ROWS, total), drop)


def label_events(rows: LabelRows, drop: Drop) -> Iterator[Event]:
    """Cut labels into `ml.label.batch` events; arguments as of `row_events`."""
    total = len(rows.ids)
    for start in range(0, total, MAX_LABELS):
        yield from _fitting(lambda a, b: _label_event(rows, a, b), start, min(start + MAX_LABELS, total), drop)


def _fitting(make: Callable[[int, int], Event], start: int, stop: int, drop: Drop) -> Iterator[Event]:
    """Halve until a record is small enough; a single row that is not is dropped."""
    event = make(start, stop)
    if event.size < MAX_RECORD_BYTES:
        yield event
    elif stop - start == 1:
        drop("too_large", 1)
    else:
        middle = (start + stop) // 2
        yield from _fitting(make, start, middle, drop)
        yield from _fitting(make, middle, stop, drop)


def _row_event(rows: Rows, start: int, stop: int) -> Event:
    features = {name: pack(part(chunk, start, stop)) for name, chunk in rows.features.items()}
    outputs = {name: pack(part(chunk, start, stop)) for name, chunk in rows.outputs.items()}
    attributes = _common(rows.ids[start:stop], rows.times[start:stop])
    attributes |= {
        semconv.LATENCIES: _little("f", rows.latencies[start:stop]),
        semconv.FEATURES: features,
        semconv.OUTPUTS: outputs,
        semconv.SCHEMA_HASH: _schema_hash(features),
    }
    weights = rows.weights[start:stop]
    if any(weight != 1.0 for weight in weights):
        attributes[semconv.WEIGHTS] = _little("d", weights)
    if any(contexts := rows.span_contexts[start * 24 : stop * 24]):
        attributes[semconv.SPAN_CONTEXTS] = contexts
    if rows.segments:
        attributes[semconv.SEGMENTS] = {name: pack(part(chunk, start, stop)) for name, chunk in rows.segments.items()}
    attributes |= rows.model.attributes()
    return Event(semconv.PREDICTION_BATCH, attributes, rows.model.identity, stop - start, _size(attributes))


def _label_event(rows: LabelRows, start: int, stop: int) -> Event:
    attributes = _common(rows.ids[start:stop], rows.times[start:stop])
    if rows.by_trace:
        attributes[semconv.PREDICTION_TRACE_IDS] = attributes.pop(semconv.PREDICTION_IDS)
    attributes[semconv.LABELS] = pack(part(rows.labels, start, stop))
    attributes |= rows.identity.attributes()
    return Event(semconv.LABEL_BATCH, attributes, rows.identity, stop - start, _size(attributes))


def _common(ids: list[bytes | str], times: list[int]) -> dict[str, Any]:
    return {
        semconv.WIRE_VERSION: semconv.SCHEMA_VERSION,
        semconv.BATCH_ID: _ids.new_batch_id(),
        semconv.ROW_COUNT: len(ids),
        semconv.TIMESTAMPS: _little("q", times),
        semconv.PREDICTION_IDS: _ids.pack(ids),
    }


def _schema_hash(features: dict[str, Packed]) -> str:
    digest = blake2b(digest_size=8)
    for name, column in features.items():
        digest.update(f"{name}\x1f{'categorical' if is_category(column) else 'numeric'}\n".encode())
    return digest.hexdigest()


def _size(value: Any) -> int:
    """Bytes of a record on the wire, rounded up: 8 of framing for every entry."""
    return _OVERHEAD + _entry_size(value)


def _entry_size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(8 + len(key.encode()) + _entry_size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_entry_size, value))
    if isinstance(value, str):
        return 8 + len(value.encode())
    return 8 + (len(value) if isinstance(value, bytes) else 8)


def _little(typecode: str, values: list[Any]) -> bytes:
    packed = array(typecode, values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()
