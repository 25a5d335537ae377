"""What monitoring costs the caller of one row x 30 features, against one OpenTelemetry span with 30 attributes.

Run: PYTHONPATH=sdk python benchmarks/sdk_call.py

Spans and predictions take turns in bursts of 50 calls, with a pause after each in which the background threads catch
up, as in a service that does other work too: so both see the same machine. Medians over single calls; the bare
function is taken off. A backend that accepts everything at once stands behind both.
"""

import functools
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from model_monitoring import _instruments, _runtime, flush, monitor_model
from model_monitoring._setup import log_records

BURSTS = 100
BURST = 50
PAUSE = 0.004
FEATURES = 30


class _Nowhere(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:  # noqa: ARG002  the interface's
        return SpanExportResult.SUCCESS


def _burst(call: Callable[[], object]) -> list[int]:
    clock, times = time.perf_counter_ns, []
    for _ in range(BURST):
        start = clock()
        call()
        times.append(clock() - start)
    time.sleep(PAUSE)
    return times


def _medians_us(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[int]] = {name: [] for name in calls}
    for _ in range(BURSTS):
        for name, call in calls.items():
            times[name] += _burst(call)
    return {name: statistics.median(of) / 1000 for name, of in times.items()}


def _span() -> Callable[[], object]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_Nowhere()))
    tracer = provider.get_tracer("benchmark")
    row = {f"ml.feature.f{i}": i / 7 for i in range(FEATURES)}

    def span() -> None:
        with tracer.start_as_current_span("predict") as current:
            current.set_attributes(row)

    return span


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


def _inputs() -> dict[str, object]:
    random = np.random.default_rng(1)
    row = random.normal(size=FEATURES)
    table = pd.DataFrame(random.normal(size=(50, 8)), columns=[f"n{i}" for i in range(8)])
    for i in range(5):
        table[f"s{i}"] = np.where(random.normal(size=50) > 0, "AA", "B6")
    return {
        "ndarray (1, 30) float64": row.reshape(1, -1),
        "ndarray (30,) float64": row,
        "dict of 30 floats": {f"f{i}": float(value) for i, value in enumerate(row)},
        "dict of 20 floats, 10 texts": {f"f{i}": float(v) if i < 20 else f"c{i}" for i, v in enumerate(row)},
        "DataFrame (1, 30)": pd.DataFrame([row]),
        "DataFrame (50, 13), 5 of text": table,
    }


def _answer(features: object) -> float:  # noqa: ARG001  it is the monitoring that looks at them
    return 0.5


def main() -> None:
    _runtime.use(_discarding_runtime())
    predict = monitor_model(name="benchmark", task_type="binary")(_answer)
    calls = {name: functools.partial(predict, features) for name, features in _inputs().items()}
    medians = _medians_us({"span": _span(), "bare": functools.partial(_answer, None), **calls})
    print(f"one OTel SDK span with {FEATURES} attributes: {medians['span']:.2f} us")
    for name in calls:
        own = medians[name] - medians["bare"]
        print(f"{name:32s} {own:8.2f} us = 1/{medians['span'] / own:.1f} of a span")
    flush(30)
    ledger = _runtime.current().ledger
    print(f"rows delivered {sum(ledger.captured.values())}, dropped {sum(ledger.dropped.values())}")


if __name__ == "__main__":
    main()
