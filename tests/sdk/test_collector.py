"""`MetricsCollector`: the calls that users were promised, the port that Prometheus scrapes, the events."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import model_monitoring
from model_monitoring import _config, _runtime, core, flush, semconv
from model_monitoring.core import MetricsCollector
from model_monitoring.testing import capture

SDK = Path(model_monitoring.__file__).parents[1]

PROMISED = """
from model_monitoring.core import MetricsCollector
from prometheus_client import start_http_server

start_http_server(port=8000)
collector = MetricsCollector(model_name="churn_predictor_v3")

# Log predictions from your serving code
collector.log_prediction(features={"age": 35, "tenure_months": 24}, prediction=0.73, latency_ms=12.5)

# Log ground truth when labels arrive (async, hours/days later)
collector.log_ground_truth(prediction_id="pred_abc123", actual_label=1)
"""

SCRAPE = """
import urllib.request
from model_monitoring import flush
assert flush(20)
print(urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics").read().decode())
"""


def run_promised(before="", **environment):
    """Run what was promised, on a free port, then scrape it; the samples by name and model."""
    code = before + PROMISED.replace("start_http_server(port=8000)", "server, _ = start_http_server(port=0)") + SCRAPE
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=inherited | environment | {"PYTHONPATH": str(SDK)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return samples_of(done.stdout), done.stderr


def samples_of(text):
    """Samples of our metrics by name, with the labels that tell series of one name apart."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    ours = [sample for sample in samples if sample.labels.get("ml_model_name") == "churn_predictor_v3"]
    assert not any("otel_scope_name" in sample.labels for sample in ours)
    found = {(s.name, s.labels.get("reason") or s.labels.get("le")): s.value for s in ours}
    assert len(found) == len(ours), "a series is there twice"
    return found


def test_what_was_promised_works_to_the_letter(sink):
    samples, _ = run_promised(OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert samples["ml_inference_duration_seconds_count", None] == 1
    assert samples["ml_inference_duration_seconds_sum", None] == pytest.approx(0.0125)
    assert samples["ml_inference_duration_seconds_bucket", "0.01"] == 0
    assert samples["ml_inference_duration_seconds_bucket", "0.025"] == 1
    assert samples["ml_inference_rows_total", None] == 1
    assert samples["ml_sdk_rows_captured_total", None] == 1
    assert samples["ml_sdk_labels_captured_total", None] == 1
    prediction, label = sorted(sink.events(), key=lambda event: event["event"], reverse=True)
    assert prediction["ml.features"] == {"age": [35.0], "tenure_months": [24.0]}
    assert prediction["ml.outputs"] == {"value": [0.73]}
    assert prediction["ml.batch.latencies"] == [0.0125]
    assert (label["ml.prediction.ids"], label["ml.labels"]) == (["pred_abc123"], [1.0])


def test_without_an_endpoint_all_is_counted_and_nothing_is_sent_or_complained_of():
    samples, complaints = run_promised()
    assert samples["ml_inference_rows_total", None] == 1
    assert samples["ml_sdk_rows_dropped_total", "exporter_none"] == 1
    assert samples["ml_sdk_labels_dropped_total", "exporter_none"] == 1
    assert complaints == ""


def test_an_application_that_shows_its_own_metrics_to_prometheus_shows_ours_once(sink):
    own = (
        "from opentelemetry import metrics\n"
        "from opentelemetry.exporter.prometheus import PrometheusMetricReader\n"
        "from opentelemetry.sdk.metrics import MeterProvider\n"
        "reader = PrometheusMetricReader(scope_info_enabled=False)\n"
        "metrics.set_meter_provider(MeterProvider([reader]))\n"
    )
    samples, _ = run_promised(own, OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert samples["ml_inference_rows_total", None] == 1


@pytest.fixture
def collector(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    with capture() as telemetry:
        yield MetricsCollector("m", version="2", task_type="binary"), telemetry


def test_the_id_that_is_returned_is_the_id_that_is_sent(collector):
    made, telemetry = collector
    ids = [made.log_prediction({"a": 1.0}, 0.5), made.log_prediction({"a": 1.0}, 0.5, prediction_id="order-7")]
    (event,) = telemetry.events()
    assert event["ml.prediction.ids"] == ids
    assert ids[1] == "order-7"
    assert model_monitoring.last_prediction_id() == "order-7"


def test_a_latency_that_is_not_given_is_not_made_up(collector):
    made, telemetry = collector
    made.log_prediction({"a": 1.0}, 0.5)
    made.log_prediction({"a": 1.0}, 0.5, latency_ms=200)
    assert telemetry.events()[0]["ml.batch.latencies"] == [None, 0.2]
    (duration,) = telemetry.metrics()["ml.inference.duration"]
    assert (duration["count"], duration["sum"]) == (1, 0.2)


def test_a_batch_is_one_call(collector):
    made, telemetry = collector
    first = made.log_prediction([{"a": 1.0}, {"a": 2.0}], [0.1, 0.9], latency_ms=3)
    (event,) = telemetry.events()
    assert event["ml.batch.row_count"] == 2
    assert event["ml.prediction.ids"][0] == first


@pytest.mark.parametrize("latency", ["soon", float("nan"), object(), -5])
def test_internal_error_or_not_an_id_comes_back(collector, latency):
    made, _ = collector
    assert made.log_prediction(object(), object(), latency_ms=latency)


def test_a_scrape_in_this_process_shows_the_runtime_in_use(sink):
    from prometheus_client import start_http_server

    made = MetricsCollector("churn_predictor_v3")
    made.log_prediction({"a": 1.0}, 0.5, latency_ms=1)
    assert flush(20)
    server, thread = start_http_server(0, addr="127.0.0.1")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as answer:
            samples = samples_of(answer.read().decode())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert samples["ml_inference_rows_total", None] == 1
    assert _runtime.current().ledger.captured


def test_names_on_the_port_are_those_of_the_vocabulary(sink):
    from prometheus_client import REGISTRY, generate_latest

    from model_monitoring_processor.catalog import prometheus_name

    MetricsCollector("churn_predictor_v3").log_prediction({"a": 1.0}, 0.5, latency_ms=1)
    assert flush(20)
    shown = {name for name, _ in samples_of(generate_latest(REGISTRY).decode()) if name.startswith("ml_")}
    histogram = prometheus_name(semconv.INFERENCE_DURATION)
    declared = {prometheus_name(metric) for metric in semconv.SDK_METRICS}
    assert shown <= declared | {histogram + suffix for suffix in ("_bucket", "_count", "_sum")}


def test_the_door_lists_what_there_is_and_names_what_is_missing(monkeypatch):
    assert set(core.__all__) <= set(dir(core))
    with pytest.raises(AttributeError, match="it has MetricsCollector"):
        _ = core.DriftDetecter
    monkeypatch.setitem(sys.modules, "model_monitoring._collector", None)
    with pytest.raises(ImportError, match=r"pip install 'otel-model-monitoring\[prometheus\]'"):
        _ = core.MetricsCollector


def test_switched_off_it_answers_and_does_nothing(monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert _config.disabled()
    before = _runtime.use(None)
    try:
        made = MetricsCollector("m")
        assert made.log_prediction({"a": 1}, 1.0)
        made.log_ground_truth("x", 1)
        assert _runtime.active is None
    finally:
        _runtime.use(before)
