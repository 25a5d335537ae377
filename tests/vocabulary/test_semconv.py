"""The vocabulary keeps its own rules, and the generated pages say what it says."""

from pathlib import Path

import pytest

from model_monitoring import semconv
from model_monitoring_processor import catalog

DOCS = Path(__file__).parents[2] / "docs"
ATTRIBUTES = {attribute.name for attribute in semconv.ATTRIBUTES}
each_metric = pytest.mark.parametrize("metric", semconv.METRICS, ids=lambda metric: metric.name)


@each_metric
def test_every_attribute_of_a_metric_is_declared(metric):
    assert set(metric.attributes) <= ATTRIBUTES


@pytest.mark.parametrize("event", semconv.EVENTS, ids=lambda event: event.name)
def test_every_attribute_of_an_event_is_declared(event):
    assert {*event.required, *event.optional} <= ATTRIBUTES


@each_metric
def test_every_metric_is_described_and_lives_in_our_namespace(metric):
    assert metric.brief.endswith(".")
    assert metric.name.startswith("ml.")


@each_metric
def test_unit_1_stands_only_where_the_name_ends_in_ratio(metric):
    """Elsewhere the Collector adds `_ratio` and the Python exporter does not: two names for one series."""
    assert (metric.unit == "1") == metric.name.endswith(".ratio")


@each_metric
def test_no_unit_stands_in_a_name(metric):
    assert not metric.name.endswith((".seconds", ".bytes", ".total"))


@each_metric
def test_histograms_alone_have_buckets_in_ascending_order(metric):
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))


def test_latency_has_an_edge_at_the_usual_objective():
    assert 0.2 in semconv.INFERENCE_DURATION.buckets


def test_names_are_declared_once():
    names = [metric.name for metric in semconv.METRICS]
    assert len(names) == len(set(names))
    assert len(ATTRIBUTES) == len(semconv.ATTRIBUTES)


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (semconv.INFERENCE_DURATION, "ml_inference_duration_seconds"),
        (semconv.INFERENCE_ROWS, "ml_inference_rows_total"),
        (semconv.DRIFT_SCORE, "ml_feature_drift_score"),
        (semconv.DRIFT_P_VALUE, "ml_feature_drift_p_value"),
        (semconv.MISSING_RATIO, "ml_feature_missing_ratio"),
        (semconv.LAST_PREDICTION, "ml_prediction_last_timestamp_seconds"),
        (semconv.QUEUE_BYTES, "ml_processor_queue_size_bytes"),
    ],
)
def test_prometheus_names(metric, name):
    assert catalog.prometheus_name(metric) == name


@pytest.mark.parametrize(("page", "text"), [("semconv.md", catalog.semconv_page), ("metrics.md", catalog.metrics_page)])
def test_the_generated_pages_are_current(page, text):
    assert (DOCS / page).read_text(encoding="utf-8") == text(), "run `make docs`"
