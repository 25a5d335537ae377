"""What only shows in a process of its own: what an import loads, how an exit goes, what the environment decides."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "sdk"
PREDICT = """
from model_monitoring import monitor_model, flush
@monitor_model(name="m")
def predict(row):
    return 1.0
"""


def environ(**environment: str) -> dict[str, str]:
    """Variables of a fresh process: not OpenTelemetry's of this one, and patience at exit on a busy machine."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "PYTEST_"))}
    path = os.pathsep.join(filter(None, [str(SDK), inherited.get("PYTHONPATH", "")]))
    return inherited | {"MODEL_MONITORING_EXIT_TIMEOUT": "20"} | environment | {"PYTHONPATH": path}


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environ(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def black_hole() -> Iterator[str]:
    """A backend that accepts connections and never answers."""
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            released.wait(30)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    released.set()
    server.shutdown()
    server.server_close()


def test_importing_loads_nothing_heavy():
    done = run(
        "import sys; before = set(sys.modules); import model_monitoring; print(*(set(sys.modules) - before))",
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {
        "numpy",
        "pandas",
        "numba",
        "scipy",
        "wrapt",
        "asyncio",
        "opentelemetry",
        "model_monitoring_processor",
    }


def test_predicting_plain_values_loads_nothing_heavy_either(sink):
    done = run(
        PREDICT + "predict({'a': 1}); predict([1, 'x']); assert flush(10)\n"
        "import sys; print(*[m for m in ('numpy', 'pandas', 'wrapt') if m in sys.modules])",
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint,
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert sum(sink.rows().values()) == 2


def test_a_process_that_predicts_once_and_ends_delivers(sink):
    done = run(PREDICT + "predict([1.0])", OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert done.returncode == 0, done.stderr
    assert sum(sink.rows().values()) == 1
    assert sink.parsed("/v1/metrics"), "no metrics at exit"


def test_metrics_leave_at_every_interval_of_a_process_that_only_predicts(sink):
    variables = environ(OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint, OTEL_METRIC_EXPORT_INTERVAL="100")
    code = PREDICT + "predict([1.0]); input()"
    with subprocess.Popen([sys.executable, "-c", code], env=variables, stdin=subprocess.PIPE) as process:
        try:
            assert sink.wait_for("/v1/metrics", 3), "no metrics without flush and exit"
        finally:
            process.kill()


def test_a_multiprocessing_child_delivers_at_its_end(sink):
    code = PREDICT + (
        "import multiprocessing\n"
        "if 'fork' in multiprocessing.get_all_start_methods():\n"
        "    child = multiprocessing.get_context('fork').Process(target=predict, args=([1.0],))\n"
        "    child.start(); child.join()\n"
    )
    done = run(code + "predict([2.0])", OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert done.returncode == 0, done.stderr
    assert sum(sink.rows().values()) == (2 if hasattr(os, "fork") else 1)


@pytest.mark.parametrize("backend", ["refused", "black hole"])
def test_a_dead_backend_delays_the_exit_by_the_budget_and_no_more(backend, black_hole):
    endpoint = black_hole if backend == "black hole" else "http://127.0.0.1:1"
    begun = time.monotonic()
    done = run(
        PREDICT + "for _ in range(5000): predict([1.0])",
        OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
        MODEL_MONITORING_EXIT_TIMEOUT="2",
    )
    assert done.returncode == 0, done.stderr
    # 2 s of budget; the rest is for a slow machine to start an interpreter. Without the budget it is 10 s and more.
    assert time.monotonic() - begun < 8


def test_a_dead_backend_is_said_once_for_each_signal():
    done = run(
        PREDICT + "for _ in range(3): predict([1.0]); flush(1)",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1",
        OTEL_TRACES_EXPORTER="otlp",
        OTEL_EXPORTER_OTLP_TIMEOUT="2",
        MODEL_MONITORING_EXIT_TIMEOUT="5",
    )
    assert done.stderr.count("Transient error") == 3, done.stderr
    assert len(done.stderr.splitlines()) <= 6, done.stderr


def test_a_dead_backend_costs_bounded_memory(black_hole):
    done = run(
        PREDICT + "import time\n"
        "for _ in range(400): predict([[float(i)] * 100 for i in range(200)])\n"
        "from model_monitoring import _runtime; r = _runtime.current()\n"
        "while r.ring.rows or sum(r.ledger.inferred.values()) < 80_000: time.sleep(0.01)\n"
        "flush(0.5)\n"
        "assert r.pipeline.size() <= 4_000_000 + 600_000, r.pipeline.size()\n"
        "assert sum(r.ledger.inferred.values()) == 80_000\n"
        "assert r.pending() == 80_000 - sum(r.ledger.dropped.values())\n"
        "print(sorted({why for _, why in r.ledger.dropped}))\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=black_hole,
        MODEL_MONITORING_QUEUE_BYTES="4000000",
        MODEL_MONITORING_EXIT_TIMEOUT="0.1",
    )
    assert done.returncode == 0, done.stderr
    assert "queue_full" in done.stdout


def test_disabled_means_the_function_itself():
    code = "def predict(row): return 1.0\nfrom model_monitoring import monitor_model, record_label\n"
    code += "assert monitor_model(name='m')(predict) is predict\nrecord_label('x', 1)\n"
    code += "import threading; assert threading.active_count() == 1"
    done = run(code, OTEL_SDK_DISABLED="true")
    assert done.returncode == 0, done.stderr


def test_every_exporter_may_be_none():
    code = PREDICT + (
        "predict([1.0]); assert flush(10)\nfrom model_monitoring import _runtime; r = _runtime.current()\n"
        "assert {why for _, why in r.ledger.dropped} == {'exporter_none'} and r.pending() == 0"
    )
    none = dict.fromkeys(("OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_TRACES_EXPORTER"), "none")
    done = run(code, **none)
    assert done.returncode == 0, done.stderr
    assert "to nowhere (OTEL_LOGS_EXPORTER)" in done.stderr


def test_spans_of_our_own_where_the_environment_asks_for_them(sink):
    done = run(
        PREDICT + "predict({'a': 0}); assert flush(20); predict({'a': 1})",
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint,
        OTEL_TRACES_EXPORTER="otlp",
        OTEL_SERVICE_NAME="shop",
    )
    assert done.returncode == 0, done.stderr
    (request,) = sink.parsed("/v1/traces")
    (span,) = request.resource_spans[0].scope_spans[0].spans
    assert span.name == "predict m"
    assert sink.events()[1]["ml.batch.span_contexts"] == [(span.trace_id + span.span_id).hex()]
    resources = {pair.key: pair.value.string_value for pair in sink.records()[0][1].attributes}
    assert resources["service.name"] == "shop"
    assert resources["service.instance.id"]


def test_the_providers_of_the_app_are_followed(sink):
    code = (
        PREDICT
        + """
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
reader, spans, app = InMemoryMetricReader(), InMemorySpanExporter(), Resource({"service.name": "app"})
metrics.set_meter_provider(MeterProvider([reader], resource=app))
provider = TracerProvider(resource=app)
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
predict({"a": 1})
assert flush(10)
assert [s.name for s in spans.get_finished_spans()] == ["predict m"]
names = [m.name for r in reader.get_metrics_data().resource_metrics for s in r.scope_metrics for m in s.metrics]
assert "ml.inference.duration" in names and "ml.sdk.rows.captured" in names, names
"""
    )
    done = run(code, OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert done.returncode == 0, done.stderr
    assert sink.parsed("/v1/metrics") == []
    assert [pair.value.string_value for pair in sink.records()[0][1].attributes if pair.key == "service.name"] == [
        "app"
    ]


def test_headers_and_compression_are_opentelemetrys_own(sink):
    done = run(
        PREDICT + "predict([1.0])",
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint,
        OTEL_EXPORTER_OTLP_HEADERS="authorization=secret",
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
    )
    assert done.returncode == 0, done.stderr
    headers = {key.lower(): value for path, _, of in sink.requests if path == "/v1/logs" for key, value in of.items()}
    assert (headers["authorization"], headers["content-encoding"]) == ("secret", "gzip")


def test_grpc_where_the_environment_asks_for_it():
    code = (
        """
import grpc, os
from concurrent.futures import ThreadPoolExecutor
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
got = []
class Logs(logs_service_pb2_grpc.LogsServiceServicer):
    def Export(self, request, context):
        got.append(request)
        return logs_service_pb2.ExportLogsServiceResponse()
server = grpc.server(ThreadPoolExecutor(2))
logs_service_pb2_grpc.add_LogsServiceServicer_to_server(Logs(), server)
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
server.start()
"""
        + PREDICT
        + """
for _ in range(3000): predict([1.0] * 200)
assert flush(20)
assert sum(len(s.log_records) for r in got for l in r.resource_logs for s in l.scope_logs) >= 10
server.stop(None)
"""
    )
    done = run(code, OTEL_EXPORTER_OTLP_PROTOCOL="grpc", OTEL_METRICS_EXPORTER="none")
    assert done.returncode == 0, done.stderr


def test_the_command_says_what_is_missing():
    code = "import sys; sys.modules['model_monitoring_processor'] = None\n"
    done = run(code + "from model_monitoring._command import main; main()")
    assert done.returncode == 2
    assert "pip install 'otel-model-monitoring[processor]'" in done.stderr
