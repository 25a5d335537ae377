"""Results as Prometheus sees them: exactly these series, none that is not known, none above the limit."""

from dataclasses import replace

import pytest

from model_monitoring import semconv
from model_monitoring_processor.export.meters import Meters
from model_monitoring_processor.export.points import POINTS, ModelResult
from model_monitoring_processor.export.results import register_results
from model_monitoring_processor.types import ColumnResult, ModelId, Performance, Provenance, Snapshot, Window

MODEL = ModelId("churn", "3", "production")
AGE = ColumnResult(
    name="age", role="feature", kind="numeric", verdict="drifted", reason="KS D = .31", severity="critical",
    method="ks_test", threshold=0.05, n_reference=5000, n_current=900, missing_ratio=0.1,
    ks=0.31, psi=0.75, js=0.25, effect=0.31, w2=0.8, p_value=0.0, q_value=0.0,
)  # fmt: skip
CITY = replace(
    AGE, name="city", kind="categorical", verdict="insufficient_data", severity="", method="chi_squared", ks=None,
    psi=None, js=None, p_value=None, q_value=None, n_current=7,
)  # fmt: skip
SCORE = replace(AGE, name="prediction.score", role="output", verdict="ok", severity="", method="psi", threshold=0.1)
SNAPSHOT = Snapshot(
    MODEL, "", Window("2026-03", "month", 100, 200), (AGE, CITY, SCORE), Performance(800, 0.8, {"accuracy": 0.9}),
    Provenance("ref", "conf", "0.1.0", 1, 1000, 1000, 1000.0),
)  # fmt: skip
RESULT = ModelResult(MODEL, 1234.5, 5000, {"owner": "ann", "team": "core"}, SNAPSHOT)


def series(results, limit=1000):
    """All series of `/metrics` but the ones that the exporter adds about itself, as {text: value}."""
    meters = Meters("test", "0.1.0", None)
    register_results(meters.meter, lambda: results, limit)
    lines = meters.exposition()[0].decode().splitlines()
    meters.shutdown()
    return dict(line.rsplit(" ", 1) for line in lines if line.startswith("ml_"))


WHO = 'deployment_environment_name="production",ml_model_name="churn",ml_model_version="3"'

INFO = WHO.replace(",ml_model_version", ',ml_model_owner="ann",ml_model_team="core",ml_model_version').join(
    ("ml_model_info{", "}")
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (f"ml_prediction_last_timestamp_seconds{{{WHO}}}", "1234.5"),
        (f"ml_model_reference_rows{{{WHO}}}", "5000.0"),
        (INFO, "1.0"),
        (f'ml_window_rows{{{WHO},ml_window="month"}}', "1000.0"),
        (f'ml_window_end_timestamp_seconds{{{WHO},ml_window="month"}}', "200.0"),
        (f'ml_model_performance_score{{{WHO[:-1]}",ml_performance_metric="accuracy",ml_window="month"}}', "0.9"),
        (f'ml_label_coverage_ratio{{{WHO},ml_window="month"}}', "0.8"),
    ],
)  # fmt: skip
def test_what_is_known_of_a_model(name, value):
    assert series([RESULT])[name] == value


def test_a_drifted_feature_has_its_scores_its_threshold_and_its_flag():
    shown = {name: value for name, value in series([RESULT]).items() if 'ml_feature_name="age"' in name}
    by_metric = {name.split("{")[0] for name in shown}
    assert by_metric == {
        "ml_feature_drift_score", "ml_feature_drift_threshold", "ml_feature_drift_p_value",
        "ml_feature_drift_q_value", "ml_feature_drift_detected", "ml_feature_missing_ratio",
    }  # fmt: skip
    methods = {name.split('ml_drift_method="')[1].split('"')[0]: value for name, value in shown.items()
               if name.startswith("ml_feature_drift_score")}  # fmt: skip
    assert methods == {"ks": "0.31", "psi": "0.75", "js": "0.25"}


def test_what_is_not_known_has_no_series():
    """No NaN, no made-up zero: with too few rows there is neither a score nor a flag."""
    names = {name.split("{")[0] for name in series([RESULT]) if 'ml_feature_name="city"' in name}
    assert names == {"ml_feature_drift_threshold", "ml_feature_missing_ratio"}


def test_outputs_have_series_of_their_own():
    shown = [name for name in series([RESULT]) if 'ml_feature_name="prediction.score"' in name]
    assert shown
    assert all(name.startswith("ml_prediction_drift_") for name in shown)


def test_a_model_without_a_reference_and_without_a_window_says_so():
    shown = series([ModelResult(ModelId("new"), None, 0)])
    assert shown['ml_model_reference_rows{ml_model_name="new"}'] == "0.0"
    assert not any(name.startswith(("ml_feature", "ml_window", "ml_prediction_last")) for name in shown)


def test_series_above_the_limit_are_left_out_and_counted():
    models = [ModelResult(ModelId(f"m{number}"), 1.0, 0) for number in range(5)]
    shown = series(models, limit=3)
    assert sum(name.startswith("ml_model_info") for name in shown) == 3
    assert shown["ml_processor_series_dropped"] == str(3 * 2.0)


def test_every_result_metric_of_the_vocabulary_has_its_points():
    assert set(POINTS) == set(semconv.RESULT_METRICS)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text"),
        ("text/plain;version=0.0.4", "text/plain"),
        ("", "text/plain"),
    ],
)
def test_a_scraper_gets_the_format_that_it_asks_for(accept, content_type):
    meters = Meters("test", "0.1.0", None)
    body, shown = meters.exposition(accept)
    meters.shutdown()
    assert shown.startswith(content_type)
    assert body.endswith(b"# EOF\n") == (content_type == "application/openmetrics-text")
