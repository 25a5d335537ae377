"""What the SDK would send, caught in memory and decoded: for tests, ours and yours.

    with capture() as telemetry:
        predict({"age": 35})
    assert telemetry.events()[0]["ml.features"] == {"age": [35.0]}

Ids and clock are fixed, so that a test can compare whole telemetry with a snapshot.
"""

import random
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from math import isnan
from typing import Any
from uuid import UUID

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator

from model_monitoring import _clock, _guard, _ids, _runtime, semconv
from model_monitoring._events import Event
from model_monitoring._instruments import Instruments

__all__ = ["Telemetry", "capture", "decode"]

_START_NS = 1_700_000_000_000_000_000
_TICK_NS = 1_000_000
_MISSING = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFFFFFF}


class Telemetry:
    """What was caught. Every look flushes first."""

    def __init__(self, *, spans: bool) -> None:
        self._records: list[Event] = []
        self._spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        meters = MeterProvider([self._reader], shutdown_on_exit=False)
        tracers = TracerProvider(id_generator=_Ids(), shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        tracer = tracers.get_tracer(semconv.SCOPE) if spans else None
        outside = _runtime.Outside(
            lambda: self._keep, lambda ledger: (Instruments(meters, ledger), lambda: None), lambda: tracer
        )
        self.runtime = _runtime.Runtime(outside, background=False)
        self.runtime.start()

    def _keep(self, events: list[Event]) -> bool:
        self._records += events
        return True

    def events(self) -> list[dict[str, Any]]:
        """All events, decoded: columns as lists of Python values, ids as text, times as unix seconds."""
        self.runtime.flush(0)
        return [{"event": event.name} | decode(event.attributes) for event in self._records]

    def records(self) -> list[Event]:
        """All events as they go to the exporter."""
        self.runtime.flush(0)
        return list(self._records)

    def spans(self) -> list[dict[str, Any]]:
        """All finished spans: name, kind, status, id, parent and attributes."""
        return [_span_dict(span) for span in self._spans.get_finished_spans()]

    def metrics(self) -> dict[str, list[dict[str, Any]]]:
        """Points of every metric by its name: attributes with `value`, or `count` and `sum` of a histogram."""
        self.runtime.flush(0)
        data = self._reader.get_metrics_data()
        found = [m for r in (data.resource_metrics if data else []) for s in r.scope_metrics for m in s.metrics]
        return {metric.name: [_point_dict(point) for point in metric.data.data_points] for metric in found}


@contextmanager
def capture(*, spans: bool = True) -> Iterator[Telemetry]:
    """Catch the telemetry of everything that is predicted in the block, on any thread.

    Args:
        spans: whether spans are recorded, as where the application has a TracerProvider.

    Yields:
        What is caught.
    """
    _guard.reset()
    with (
        _fixed(_clock, "time_ns", _ticking(_START_NS)),
        _fixed(_clock, "perf_counter_ns", _ticking(0)),
        _fixed(_ids, "_bits", random.Random(7).getrandbits),  # noqa: S311  the same ids in every run
    ):
        telemetry = Telemetry(spans=spans)
        before = _runtime.use(telemetry.runtime)
        try:
            yield telemetry
            telemetry.runtime.flush(0)
        finally:
            _runtime.use(before)


def decode(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of one packed event as plain Python values (docs/wire.md)."""
    rows = attributes[semconv.ROW_COUNT]
    return {name: _decoders.get(name, _same)(value, rows) for name, value in attributes.items()}


def _same(value: Any, _: int) -> Any:
    return value


def _columns(columns: Mapping[str, Any], rows: int) -> dict[str, list[Any]]:
    return {name: _column(column, rows) for name, column in columns.items()}


def _column(column: Any, rows: int) -> list[Any]:
    if isinstance(column, Mapping):
        width = len(column["codes"]) // rows
        codes = struct.unpack(f"<{rows}{ {1: 'B', 2: 'H', 4: 'I'}[width] }", column["codes"])
        return [None if code == _MISSING[width] else column["values"][code] for code in codes]
    typecode = "d" if len(column) == 8 * rows else "f"
    return [None if isnan(value) else value for value in struct.unpack(f"<{rows}{typecode}", column)]


def _identifiers(value: Any, rows: int) -> list[str]:
    if not isinstance(value, bytes):
        return list(value)
    return [str(UUID(bytes=value[16 * row : 16 * row + 16])) for row in range(rows)]


_decoders: dict[str, Callable[[Any, int], Any]] = {
    semconv.FEATURES: _columns,
    semconv.OUTPUTS: _columns,
    semconv.LABELS: _column,
    semconv.PREDICTION_IDS: _identifiers,
    semconv.TIMESTAMPS: lambda value, rows: [t / 1e9 for t in struct.unpack(f"<{rows}q", value)],
    semconv.LATENCIES: lambda value, rows: [round(t, 6) for t in struct.unpack(f"<{rows}f", value)],
    semconv.WEIGHTS: lambda value, rows: list(struct.unpack(f"<{rows}d", value)),
    semconv.SPAN_CONTEXTS: lambda value, rows: [value[24 * row : 24 * row + 24].hex() for row in range(rows)],
}


def _span_dict(span: ReadableSpan) -> dict[str, Any]:
    return {
        "name": span.name,
        "kind": span.kind.name,
        "status": span.status.status_code.name,
        "id": span.context.span_id if span.context else None,
        "parent": span.parent.span_id if span.parent else None,
        "attributes": dict(span.attributes or {}),
    }


def _point_dict(point: Any) -> dict[str, Any]:
    if hasattr(point, "value"):
        return dict(point.attributes) | {"value": point.value}
    return dict(point.attributes) | {"count": point.count, "sum": round(point.sum, 6)}


def _ticking(start: int) -> Callable[[], int]:
    ticks = count(start, _TICK_NS)
    return lambda: next(ticks)


@contextmanager
def _fixed(module: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


class _Ids(IdGenerator):
    """Trace and span ids 1, 2, 3, ..."""

    def __init__(self) -> None:
        self._next = count(1)

    def generate_span_id(self) -> int:
        return next(self._next)

    def generate_trace_id(self) -> int:
        return next(self._next)
