"""From `predict()` in one process to PromQL in another: decorator, Collector, processor, Collector, Prometheus."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from model_monitoring import semconv
from model_monitoring_processor.catalog import prometheus_name
from tests.stack.application import Application, application
from tests.stack.collector import Collector, collector
from tests.stack.processor import Processor, processor
from tests.stack.prometheus import Prometheus, prometheus
from tests.stack.running import free_port, get, wait_for
from tests.stack.traffic import FEATURES, MODEL, NUMERIC, VERSION

ROWS = 3000


class Stack(NamedTuple):
    """All of it, running."""

    application: Application
    collector: Collector
    processor: Processor
    prometheus: Prometheus


@pytest.fixture(scope="module")
def stack(folder: Path, collector_binary: Path, prometheus_binary: str, reference: Path) -> Iterator[Stack]:
    """One application behind one Collector, with its processor and its Prometheus."""
    grpc = f"127.0.0.1:{free_port()}"
    with (
        collector(collector_binary, folder, grpc) as gateway,
        processor(folder, grpc, gateway.otlp_grpc, reference) as monitor,
        prometheus(prometheus_binary, folder, gateway.results) as database,
        application(folder, gateway.otlp_http) as client,
    ):
        yield Stack(client, gateway, monitor, database)


def newest_window(stack: Stack) -> dict[str, Any]:
    """The newest closed window, once every row has arrived and Prometheus shows the same window."""

    def settled() -> dict[str, Any] | None:
        window = stack.processor.windows(MODEL)[-1]
        at = {
            "ml_window_end_timestamp_seconds": window["window"]["end"],
            "ml_window_rows": window["provenance"]["rows_received"],
        }
        shown = {name: [sample.value for sample in stack.prometheus.query(name)] for name in at}
        return window if window["closed"] and shown == {name: [value] for name, value in at.items()} else None

    return wait_for("Prometheus shows the newest closed window", settled)


def serve(stack: Stack, drifted: str = "") -> dict[str, Any]:
    """Serve rows and return the snapshot of the last hour of them."""
    before = stack.processor.rows(MODEL)
    stack.application.serve(ROWS, drifted)
    wait_for("every row is stored", lambda: stack.processor.rows(MODEL) == before + ROWS)
    return newest_window(stack)


def features(window: dict[str, Any]) -> list[dict[str, Any]]:
    """Results of the features of a window."""
    return [column for column in window["columns"] if column["role"] == "feature"]


@pytest.mark.parametrize("drifted", ["", *NUMERIC])
def test_what_prometheus_answers_is_what_the_processor_found(stack: Stack, drifted: str) -> None:
    """To the last bit, for every feature and method; nothing is lost or renamed on the way."""
    window = serve(stack, drifted)
    results = features(window)
    assert {column["name"] for column in results} == set(FEATURES)
    for column in results:
        selector = f'ml_model_name="{MODEL}",ml_model_version="{VERSION}",ml_feature_name="{column["name"]}"'
        for method in ("ks", "psi", "js", "tvd"):
            query = f'ml_feature_drift_score{{{selector},ml_drift_method="{method}"}}'
            answer = [sample.value for sample in stack.prometheus.query(query)]
            assert answer == [column[method]] * (column[method] is not None), query


@pytest.mark.parametrize("drifted", NUMERIC)
def test_drift_of_one_feature_shows_in_its_series_and_in_no_other(stack: Stack, drifted: str) -> None:
    """One standard deviation, in one of four features."""
    serve(stack, drifted)
    detected = {s.labels["ml_feature_name"]: s.value for s in stack.prometheus.query("ml_feature_drift_detected")}
    assert detected == {name: float(name == drifted) for name in FEATURES}
    by_ks = stack.prometheus.query('ml_feature_drift_score{ml_drift_method="ks"} > 0.2')
    assert [sample.labels["ml_feature_name"] for sample in by_ks] == [drifted]


def families(page: str) -> dict[str, str]:
    """Types of the metrics of this project on a page in the OpenMetrics format, by name."""
    return dict(re.findall(r"^# TYPE (ml_\w+) (\w+)$", page, re.MULTILINE))


def test_names_and_types_are_the_same_behind_the_collector_and_at_the_processor(stack: Stack) -> None:
    """A dashboard or an alert works with either."""
    serve(stack)
    of_sdk = {prometheus_name(metric).removesuffix("_total") for metric in semconv.SDK_METRICS}
    openmetrics = "application/openmetrics-text; version=1.0.0"
    own = families(get(f"{stack.processor.admin}/metrics", accept=openmetrics))
    assert "ml_feature_drift_score" in own

    def behind() -> dict[str, str] | None:
        found = families(get(stack.collector.results, accept=openmetrics))
        shown = {name: kind for name, kind in found.items() if name not in of_sdk}
        return shown if shown.keys() >= own.keys() else None

    assert wait_for("the Collector shows every metric of the processor", behind) == own


def test_the_sdk_counts_its_rows_in_prometheus(stack: Stack) -> None:
    """What the application predicted is known without the processor."""
    serve(stack)
    query = f'sum(ml_inference_rows_total{{ml_model_name="{MODEL}"}})'

    def counted() -> bool:
        return [sample.value for sample in stack.prometheus.query(query)] == [stack.application.rows]

    wait_for("every row predicted is counted", counted)
