"""Rows on their way from the ring to records: one buffer per model and schema, sent when full or a second old."""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from model_monitoring import _guard
from model_monitoring._announce import announce
from model_monitoring._answers import output_columns
from model_monitoring._call import Call, Labels
from model_monitoring._capture import Captured
from model_monitoring._columns import Chunk, join, of_values
from model_monitoring._events import (
    MAX_LABELS,
    MAX_RECORD_BYTES,
    MAX_ROWS,
    Drop,
    Event,
    LabelRows,
    Rows,
    label_events,
    row_events,
)
from model_monitoring._ledger import Ledger
from model_monitoring._privacy import event_features, event_outputs
from model_monitoring._segments import segment_columns
from model_monitoring._table import columns_of, shape_of
from model_monitoring._times import nanoseconds

if TYPE_CHECKING:
    from model_monitoring._model import Identity

__all__ = ["Buffers"]

MAX_AGE = 1.0
_NO_CONTEXT = bytes(24)


class _Rows:
    """Calls that will share records, with their answers by column."""

    def __init__(self, born: float) -> None:
        self.born = born
        self.calls: list[tuple[Call, Captured]] = []
        self.outputs: dict[str, list[Chunk]] = {}
        self.segments: dict[str, list[Chunk]] = {}
        self.rows = self.size = 0

    def add(self, call: Call, captured: Captured, outputs: dict[str, Chunk], segments: dict[str, Chunk]) -> None:
        self.calls.append((call, captured))
        for name, chunk in segments.items():
            self.segments.setdefault(name, []).append(chunk)
        for name, chunk in outputs.items():
            self.outputs.setdefault(name, []).append(chunk)
        self.rows += captured.rows
        self.size += call.size


class _Labels:
    """Calls of `record_labels` for one model."""

    def __init__(self, born: float) -> None:
        self.born = born
        self.calls: list[Labels] = []
        self.rows = self.size = 0


class Buffers:
    """All buffers of the process; used by the background thread alone.

    Args:
        ledger: where rows that cannot be encoded are counted.
        emit: takes every finished record.
    """

    def __init__(self, ledger: Ledger, emit: Callable[[Event], None]) -> None:
        self._ledger = ledger
        self._emit = emit
        self._announced: set[Identity] = set()
        self._rows: dict[object, _Rows] = {}
        self._labels: dict[object, _Labels] = {}

    def __len__(self) -> int:
        return len(self._rows) + len(self._labels)

    def add(self, call: Call, now: float) -> None:
        """Take over the rows of one call; `now` is a monotonic clock, seconds."""
        captured = call.captured
        if captured is None or not captured.rows:
            return
        if not call.model.sends:
            self._ledger.drop(call.model.identity, "exporter_none", captured.rows)
            return
        if captured.dropped_features:
            _guard.warn_once("TooManyFeatures", f"{captured.dropped_features} features over the limit are left out")
        try:
            outputs = output_columns(call.output, captured.rows, call.model.task_type)
            segments = segment_columns(call.segments, captured.rows)
            key = (call.model, shape_of(captured), tuple(outputs), tuple(segments))
            buffer = self._rows.setdefault(key, _Rows(now))
            buffer.add(call, captured, outputs, segments)
        except Exception as error:  # noqa: BLE001  a call that cannot be read must not stop the others
            self._ledger.drop(call.model.identity, "internal_error", captured.rows)
            _guard.report(error, "reading a call")
            return
        if buffer.rows >= MAX_ROWS or buffer.size >= MAX_RECORD_BYTES:
            self._send_rows(self._rows.pop(key))

    def add_labels(self, labels: Labels, now: float) -> None:
        """Take over the labels of one call."""
        key = (labels.identity, labels.by_trace)
        buffer = self._labels.setdefault(key, _Labels(now))
        buffer.calls.append(labels)
        buffer.rows += len(labels.ids)
        buffer.size += labels.size
        if buffer.rows >= MAX_LABELS or buffer.size >= MAX_RECORD_BYTES:
            self._send_labels(self._labels.pop(key))

    def send(self, born_before: float) -> None:
        """Send what was begun before a time."""
        for key in [key for key, buffer in self._rows.items() if buffer.born <= born_before]:
            self._send_rows(self._rows.pop(key))
        for key in [key for key, labels in self._labels.items() if labels.born <= born_before]:
            self._send_labels(self._labels.pop(key))

    def _send_rows(self, buffer: _Rows) -> None:
        identity = buffer.calls[0][0].model.identity
        self._send(
            lambda drop: row_events(self._introduced(_rows_of(buffer)), drop),
            lambda reason, rows: self._ledger.drop(identity, reason, rows),
            buffer.rows,
        )

    def _introduced(self, rows: Rows) -> Rows:
        own_ids = all(type(key) is bytes for key in rows.ids)
        announce(self._announced, rows.model.identity, list(rows.features), own_ids=own_ids)
        return rows

    def _send_labels(self, buffer: _Labels) -> None:
        identity = buffer.calls[0].identity
        self._send(
            lambda drop: label_events(_labels_of(buffer), drop),
            lambda reason, rows: self._ledger.drop(identity, reason, rows, labels=True),
            buffer.rows,
        )

    def _send(self, events: Callable[[Drop], Iterator[Event]], drop: Drop, rows: int) -> None:
        """Emit the events of one buffer; what an error keeps from going out is counted, no row twice."""
        left = rows

        def count_dropped(reason: str, dropped: int) -> None:
            nonlocal left
            left -= dropped
            drop(reason, dropped)

        try:
            for event in events(count_dropped):
                left -= event.rows
                self._emit(event)
        except Exception as error:  # noqa: BLE001  one damaged buffer must not stop the others
            count_dropped("internal_error", left)
            _guard.report(error, "encoding rows or labels")


def _rows_of(buffer: _Rows) -> Rows:
    model = buffer.calls[0][0].model
    names = list(model.feature_names) if model.feature_names else None
    contexts = b"".join((call.span_context or _NO_CONTEXT) * captured.rows for call, captured in buffer.calls)
    return Rows(
        model,
        event_features(columns_of([captured for _, captured in buffer.calls], names)),
        event_outputs({name: join(chunks) for name, chunks in buffer.outputs.items()}),
        [key for call, _ in buffer.calls if call.ids for key in call.ids.all()],
        [t for call, captured in buffer.calls for t in nanoseconds(call.times, captured.rows, call.start_ns)],
        [seconds for call, captured in buffer.calls for seconds in [_seconds(call)] * captured.rows],
        [call.weight for call, captured in buffer.calls for _ in range(captured.rows)],
        contexts,
        event_features({name: join(chunks) for name, chunks in buffer.segments.items()}),
    )


def _seconds(call: Call) -> float:
    return call.duration_ns / 1e9 if call.duration_ns >= 0 else math.nan


def _labels_of(buffer: _Labels) -> LabelRows:
    return LabelRows(
        buffer.calls[0].identity,
        of_values([value for labels in buffer.calls for value in labels.values]),
        [text for labels in buffer.calls for text in labels.ids],
        [t for labels in buffer.calls for t in nanoseconds(labels.times, len(labels.ids), labels.now_ns)],
        buffer.calls[0].by_trace,
    )
