"""What does not count: suppressed blocks and rules; the predictions are made, counted by reason, and left out."""

import threading

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.trace import TracerProvider

from model_monitoring import _policy, configure, last_prediction_id, monitor_model, semconv, suppress_monitoring
from model_monitoring._request import Request, current
from model_monitoring.testing import capture


@pytest.fixture(autouse=True)
def _no_policy(monkeypatch):
    monkeypatch.setattr(_policy, "_configured", {})
    _policy.forget()
    yield
    _policy.forget()


@monitor_model(name="churn")
def predict(rows):
    return [0.5] * len(rows)


@pytest.fixture
def telemetry():
    with capture() as caught:
        yield caught


def excluded(telemetry):
    return {point["reason"]: point["value"] for point in telemetry.metrics().get("ml.sdk.rows.excluded", [])}


def test_a_suppressed_block_leaves_a_count_and_nothing_else(telemetry):
    with suppress_monitoring():
        assert predict([[1.0], [2.0]]) == [0.5, 0.5]
        assert last_prediction_id() is None
    assert telemetry.spans() == []
    assert telemetry.events() == []
    metrics = telemetry.metrics()
    assert excluded(telemetry) == {"suppressed": 2}
    assert not metrics.get("ml.inference.duration")
    assert not metrics.get("ml.inference.rows")
    assert telemetry.runtime.pending() == 0


def test_after_the_block_and_in_other_threads_predictions_count(telemetry):
    with suppress_monitoring():
        thread = threading.Thread(target=predict, args=([[1.0]],))
        thread.start()
        thread.join()
    predict([[2.0]])
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [1.0, 2.0]}
    assert excluded(telemetry) == {}


def test_a_suppressed_failure_is_the_callers_alone(telemetry):
    @monitor_model(name="broken")
    def broken(rows):
        raise KeyError(rows)

    with suppress_monitoring(), pytest.raises(KeyError):
        broken([1.0])
    assert not telemetry.metrics().get("ml.inference.duration")


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("model=chu*", "model"),
        ("model=other", ""),
        ("route=/health*", "route"),
        ("user_agent.original=kube-probe/*", "attribute"),
        ("http.request.header.x-load-test=1", "attribute"),
        ("ml.traffic=synthetic", "attribute"),
        ("route=/predict,ml.traffic=real", ""),
    ],
)
def test_rules_look_at_the_model_the_request_and_the_baggage(telemetry, rules, reason):
    configure(exclude=[rules])
    headers = {"user-agent": "kube-probe/1.30", "x-load-test": "1"}
    in_request = current.set(Request("/health/live", lambda name: headers.get(name, "")))
    token = context.attach(baggage.set_baggage("ml.traffic", "synthetic"))
    try:
        predict([[1.0]])
    finally:
        context.detach(token)
        current.reset(in_request)
    assert excluded(telemetry) == ({reason: 1} if reason else {})
    assert len(telemetry.events()) == (0 if reason else 1)
    assert reason in ("", *semconv.EXCLUDE_REASONS)


@pytest.mark.parametrize("rule", [{"route": "/warm*"}, {"tenant.tier": "test"}])
def test_rules_look_at_the_current_span(telemetry, rule):
    configure(exclude=[rule])
    tracer = TracerProvider().get_tracer("app")
    with tracer.start_as_current_span("GET", attributes={"http.route": "/warm/up", "tenant.tier": "test"}):
        predict([[1.0]])
    predict([[2.0]])
    assert sum(excluded(telemetry).values()) == 1
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [2.0]}
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_rules_come_from_the_environment_too(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_EXCLUDE", "model=warm-*, model=churn")
    with capture() as telemetry:
        predict([[1.0]])
    assert excluded(telemetry) == {"model": 1}
