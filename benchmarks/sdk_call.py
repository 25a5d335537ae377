"""What monitoring costs the caller of one row x 30 features, against one OpenTelemetry span with 30 attributes.

Run: PYTHONPATH=sdk python benchmarks/sdk_call.py

Medians over single calls on one thread, in one run; the cost of the bare function is taken off. A sink that accepts
everything stands for the backend, so that the background threads do their usual work meanwhile.
"""

import gc
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from model_monitoring import _instruments, _runtime, flush, monitor_model
from model_monitoring._setup import log_records

CALLS = 20_000
FEATURES = 30


class _Nowhere(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:  # noqa: ARG002  the interface's
        return SpanExportResult.SUCCESS


def _median_us(call: Callable[[], object], calls: int = CALLS) -> float:
    clock, times = time.perf_counter_ns, []
    for _ in range(calls):
        start = clock()
        call()
        times.append(clock() - start)
    return statistics.median(times) / 1000


def _span_us() -> float:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_Nowhere(), max_queue_size=4096))
    tracer = provider.get_tracer("benchmark")
    row = {f"ml.feature.f{i}": i / 7 for i in range(FEATURES)}

    def span() -> None:
        with tracer.start_as_current_span("predict") as current:
            current.set_attributes(row)

    return _median_us(span)


def _discarding_runtime() -> _runtime.Runtime:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.resources import Resource

    provider = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    resource = Resource.get_empty()
    runtime = _runtime.Runtime(
        _runtime.Outside(
            lambda: lambda events: bool(log_records(events, resource)),
            lambda ledger: (_instruments.Instruments(provider, ledger), lambda: None),
            lambda: None,
        )
    )
    runtime.start()
    return runtime


def _inputs() -> dict[str, tuple[object, int]]:
    random = np.random.default_rng(1)
    row = random.normal(size=FEATURES)
    table = pd.DataFrame(random.normal(size=(50, 8)), columns=[f"n{i}" for i in range(8)])
    for i in range(5):
        table[f"s{i}"] = np.where(random.normal(size=50) > 0, "AA", "B6")
    return {
        "ndarray (1, 30) float64": (row.reshape(1, -1), CALLS),
        "ndarray (30,) float64": (row, CALLS),
        "dict of 30 floats": ({f"f{i}": float(value) for i, value in enumerate(row)}, CALLS),
        "dict of 20 floats, 10 texts": (
            {f"f{i}": float(value) if i < 20 else f"c{i}" for i, value in enumerate(row)},
            CALLS,
        ),
        "DataFrame (1, 30)": (pd.DataFrame([row]), CALLS // 10),
        "DataFrame (50, 13), 5 of them text": (table, CALLS // 10),
    }


def main() -> None:
    span = _span_us()
    print(f"one OTel SDK span with {FEATURES} attributes: {span:.2f} us")
    _runtime.use(_discarding_runtime())

    def answer(features: object) -> float:  # noqa: ARG001  it is the monitoring that looks at them
        return 0.5

    bare = _median_us(lambda: answer(None))
    for name, (features, calls) in _inputs().items():
        predict = monitor_model(name=name, task_type="binary")(answer)
        gc.collect()
        own = _median_us(lambda predict=predict, features=features: predict(features), calls) - bare
        flush(30)
        print(f"{name:36s} {own:8.2f} us = 1/{span / own:.1f} of a span")
    ledger = _runtime.current().ledger
    print(f"rows delivered {sum(ledger.captured.values())}, dropped {sum(ledger.dropped.values())}")


if __name__ == "__main__":
    main()
