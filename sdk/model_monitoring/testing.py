"""What the SDK would send, caught in memory and decoded: for tests, ours and yours.

    with capture() as telemetry:
        predict({"age": 35})
    assert telemetry.events()[0]["ml.features"] == {"age": [35.0]}

Ids and clock are fixed, so that a test can compare whole telemetry with a snapshot.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator

from model_monitoring import _clock, _guard, _ids, _policy, _runtime, semconv
from model_monitoring._decode import decode
from model_monitoring._events import Event
from model_monitoring._instruments import Instruments

__all__ = ["Telemetry", "capture", "decode"]

_START_NS = 1_700_000_000_000_000_000
_TICK_NS = 1_000_000


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
    _policy.forget()
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
            _policy.forget()


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
