"""A real OTLP/HTTP backend, and a runtime of its own for every test that sends."""

import gzip
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from model_monitoring import _guard, _runtime
from model_monitoring.testing import decode

_REQUESTS = {
    "/v1/logs": ExportLogsServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/traces": ExportTraceServiceRequest,
}


_KEPT: list[socket.socket] = []


class Sink:
    """Accepts OTLP over HTTP (or answers `status`) and keeps what came."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes, dict[str, str]]] = []
        self.arrival = threading.Condition()
        self.status = 200
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                if sink.status == 200:
                    with sink.arrival:
                        sink.requests.append((self.path, body, dict(self.headers)))
                        sink.arrival.notify_all()
                self.send_response(sink.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def parsed(self, path: str) -> list[Any]:
        return [_REQUESTS[path].FromString(body) for where, body, _ in list(self.requests) if where == path]

    def wait_for(self, path: str, requests: int = 1) -> bool:
        """Wait until as many requests of a path have come; False where they do not."""
        with self.arrival:
            return self.arrival.wait_for(lambda: [r[0] for r in self.requests].count(path) >= requests, 20)

    def records(self) -> list[tuple[Any, Any]]:
        """All log records with their resource."""
        return [
            (record, resource.resource)
            for request in self.parsed("/v1/logs")
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def events(self) -> list[dict[str, Any]]:
        return [
            {"event": record.event_name} | decode({pair.key: _plain(pair.value) for pair in record.attributes})
            for record, _ in self.records()
        ]

    def rows(self) -> Counter[str]:
        """How often each prediction id was delivered."""
        batches = [event for event in self.events() if event["event"] == "ml.prediction.batch"]
        return Counter(key for event in batches for key in event["ml.prediction.ids"])

    def close(self) -> None:
        """Stop, and keep the port: a runtime of this test may go on trying, and must not reach another test's sink."""
        self.server.shutdown()
        self.server.server_close()
        kept = socket.socket()
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(self.server.server_address)
        _KEPT.append(kept)


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return {pair.key: _plain(pair.value) for pair in value.kvlist_value.values}
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    return getattr(value, kind)


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A backend, and a fresh runtime that sends to it."""
    server = Sink()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.endpoint)
    before = _runtime.use(None)
    _guard.reset()
    yield server
    _runtime.use(before)
    server.close()
