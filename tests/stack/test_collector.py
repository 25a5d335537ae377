"""The Collector's configuration, asked of the real program."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from model_monitoring import semconv
from tests.stack.collector import CONFIG, collector
from tests.stack.running import free_port, get, wait_for
from tests.stack.sink import sink
from tools.environment import ROOT


@pytest.mark.parametrize("config", sorted(CONFIG.parent.glob("config*.yaml")), ids=lambda path: path.name)
def test_the_configuration_is_valid_with_no_variable_set(config: Path, collector_binary: Path, tmp_path: Path) -> None:
    """`validate` compiles the expressions too; a typo in one would fail here."""
    environment = {"PATH": os.environ["PATH"]}
    command = [str(collector_binary), "validate", "--config", str(config)]
    done = subprocess.run(command, check=False, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_typo_in_an_expression_is_seen(collector_binary: Path, tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    broken = tmp_path / "config.yaml"
    broken.write_text(CONFIG.read_text().replace("log.event_name", "log.evnt_name"))
    done = subprocess.run([str(collector_binary), "validate", "--config", str(broken)], check=False, cwd=tmp_path)
    assert done.returncode != 0


def post(url: str, message: ExportLogsServiceRequest | ExportTraceServiceRequest) -> int:
    """Send OTLP over HTTP; the status of the answer."""
    headers = {"Content-Type": "application/x-protobuf"}
    with urlopen(Request(url, message.SerializeToString(), headers), timeout=10) as answer:
        return int(answer.status)


def logs(names: Sequence[str], size: int = 10) -> ExportLogsServiceRequest:
    """Log records with these event names; "" is an ordinary log line."""
    message = ExportLogsServiceRequest()
    scope = message.resource_logs.add().scope_logs.add()
    scope.scope.name = semconv.SCOPE
    for name in names:
        record = scope.log_records.add(event_name=name)
        record.attributes.add(key="payload").value.bytes_value = bytes(size)
    return message


def test_ml_events_alone_reach_the_processor(folder: Path, collector_binary: Path) -> None:
    """Other logs, other events and spans do not: not even the spans of our own scope."""
    address = f"127.0.0.1:{free_port()}"
    with sink(address) as processor, collector(collector_binary, folder, address) as gateway:
        traces = ExportTraceServiceRequest()
        scope = traces.resource_spans.add().scope_spans.add()
        scope.scope.name = semconv.SCOPE
        scope.spans.add(name="predict churn", trace_id=bytes([1] * 16), span_id=bytes([1] * 8))
        assert post(f"{gateway.otlp_http}/v1/traces", traces) == 200
        sent = ["", semconv.PREDICTION_BATCH, "ml.other", "user.login", semconv.LABEL_BATCH]
        assert post(f"{gateway.otlp_http}/v1/logs", logs(sent)) == 200
        wait_for("both events have arrived", lambda: len(processor.records) >= 2)
        assert [r.event_name for r in processor.records] == [semconv.PREDICTION_BATCH, semconv.LABEL_BATCH]


def test_large_calls_arrive_whole_and_in_parts_that_the_processor_takes(folder: Path, collector_binary: Path) -> None:
    """Twelve records of 400 kB in one call of 4.8 MB: gRPC's default limit, 4 MiB, holds behind the Collector."""
    address = f"127.0.0.1:{free_port()}"
    with sink(address) as processor, collector(collector_binary, folder, address) as gateway:
        assert post(f"{gateway.otlp_http}/v1/logs", logs([semconv.PREDICTION_BATCH] * 12, 400_000)) == 200
        wait_for("all have arrived", lambda: len(processor.records) == 12)


def test_what_alerts_need_is_in_the_collectors_own_metrics(folder: Path, collector_binary: Path) -> None:
    """Under the names that alerts are written for, without a suffix."""
    address = f"127.0.0.1:{free_port()}"
    with collector(collector_binary, folder, address) as gateway:
        assert post(f"{gateway.otlp_http}/v1/logs", logs([semconv.PREDICTION_BATCH])) == 200
        names = (
            "otelcol_exporter_queue_size",
            "otelcol_exporter_queue_capacity",
            "otelcol_receiver_accepted_log_records",
        )
        wait_for("all are shown", lambda: all(f"\n{name}{{" in get(gateway.telemetry) for name in names))


def test_the_manifest_names_one_version(collector_binary: Path) -> None:
    """The binary says which; the processor's documentation and its traps hold for that one."""
    said = subprocess.run([str(collector_binary), "--version"], check=True, capture_output=True, text=True).stdout
    assert "0.161.0" in said
    assert (ROOT / "otel-collector" / "builder.yaml").read_text().count(" v0.161.0") >= 10
