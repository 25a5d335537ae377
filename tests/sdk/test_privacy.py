"""What leaves the process is what the policy lets out, and nothing else: not in a value, a name or a message."""

import io
import logging
import secrets

import numpy as np
import pandas as pd
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from model_monitoring import _policy, _runtime, configure, flush, monitor_model, record_label, treat_features
from model_monitoring.testing import capture

ROW = {"age": 31, "income": 1234.5, "email": "ann@example.org"}


@pytest.fixture(autouse=True)
def _no_policy(monkeypatch):
    """Every test begins without anything configured, and leaves nothing configured behind."""
    monkeypatch.setattr(_policy, "_configured", {})
    _policy.forget()
    yield
    _policy.forget()


@monitor_model(name="m")
def predict(rows):
    return 0.5


def features_of(row):
    """Features on the event and on the span of one prediction."""
    with capture() as telemetry:
        predict(row)
    on_span = {
        name.removeprefix("ml.feature."): value
        for name, value in telemetry.spans()[0]["attributes"].items()
        if name.startswith("ml.feature.")
    }
    return telemetry.events()[0]["ml.features"], on_span


@pytest.mark.parametrize(
    ("mode", "event", "span"),
    [
        ("", True, True),
        ("SPAN_AND_EVENT", True, True),
        ("EVENT_ONLY", True, False),
        ("SPAN_ONLY", False, True),
        ("NO_CONTENT", False, False),
        ("no_content", False, False),
    ],
)
def test_the_environment_says_where_features_go(monkeypatch, mode, event, span):
    monkeypatch.setenv("OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES", mode)
    on_event, on_span = features_of({"age": 31})
    assert on_event == ({"age": [31.0]} if event else {})
    assert on_span == ({"age": 31.0} if span else {})


def test_without_content_predictions_are_still_sent(monkeypatch):
    monkeypatch.setenv("OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES", "NO_CONTENT")
    with capture() as telemetry:
        predict(ROW)
    assert telemetry.events()[0]["ml.outputs"] == {"value": [0.5]}


def test_only_what_the_allow_list_names_leaves(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_ALLOW_FEATURES", "age, inc*")
    on_event, on_span = features_of(ROW)
    assert on_event == {"age": [31.0], "income": [1234.5]}
    assert on_span == {"age": 31, "income": 1234.5}


def test_actions_change_values_before_they_leave(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_FEATURE_ACTIONS", "email=drop,income=round:-2,age=bucket:18|30|65")
    on_event, on_span = features_of(ROW)
    assert on_event == {"age": ["[30,65)"], "income": [1200.0]}
    assert on_span == {"age": "[30,65)", "income": 1200.0}


@pytest.mark.parametrize(("age", "bucket"), [(17.9, "<18"), (18, "[18,30)"), (30, ">=30"), (None, None), ("x", None)])
def test_buckets_are_closed_below_and_what_is_no_number_is_missing(age, bucket):
    configure(feature_actions={"age": {"bucket": [18, 30]}})
    assert treat_features({"age": [age]}) == {"age": [bucket]}


def test_a_text_where_a_number_is_to_be_rounded_does_not_slip_through():
    configure(feature_actions={"income": "round:0"})
    assert treat_features({"income": [12.7, "secret", None, True]}) == {"income": [13.0, None, None, 1]}


def test_hashes_are_keyed_stable_and_one_for_each_category():
    configure(feature_actions={"id": "hash"}, hash_key="k1")
    first = treat_features({"id": ["ann", "bob", "ann", 1, 1.0, True, None]})["id"]
    assert first[0] == first[2] != first[1]
    assert first[3] == first[4] == first[5]
    assert first[6] is None
    configure(hash_key="k2")
    assert treat_features({"id": ["ann"]})["id"] != first[:1]


def test_without_a_key_what_should_be_hashed_is_dropped_and_said_once(caplog):
    configure(feature_actions={"*": "hash"})
    assert features_of({"a": 1, "b": 2}) == ({}, {})
    assert [record.message for record in caplog.records if "HASH_KEY" in record.message] == [
        "features to be hashed are dropped: there is no MODEL_MONITORING_HASH_KEY (said once; counted in ml.sdk.errors)"
    ]


def test_arrays_and_frames_are_treated_alike():
    configure(feature_actions={"feature_0": "round:0", "a": "round:0"}, allow_features=["feature_0", "a"])
    for table in (np.array([[1.4, 9.0]]), pd.DataFrame({"a": [1.4], "b": [9.0]})):
        on_event, on_span = features_of(table)
        assert list(on_event.values()) == [[1.0]]
        assert list(on_span.values()) == [1.0]


def test_outputs_that_the_model_names_itself_are_on_the_list_or_stay(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_ALLOW_FEATURES", "risk")

    @monitor_model(name="m")
    def explain(row):
        return {"score": 0.5, "risk": 0.1, "reason": "ann is 31"}

    with capture() as telemetry:
        explain({"age": 1})
    assert telemetry.events()[0]["ml.outputs"] == {"score": [0.5], "value.risk": [0.1]}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_file_says_the_same_and_the_environment_goes_before_it(monkeypatch, tmp_path, suffix):
    file = tmp_path / f"monitoring.{suffix}"
    file.write_text(
        '{"capture_features": "EVENT_ONLY", "allow_features": ["age", "income"], '
        '"feature_actions": {"income": {"round": -3}, "age": "bucket:18|65"}}'
    )
    monkeypatch.setenv("MODEL_MONITORING_CONFIG", str(file))
    assert features_of(ROW) == ({"age": ["[18,65)"], "income": [1000.0]}, {})
    monkeypatch.setenv("MODEL_MONITORING_ALLOW_FEATURES", "age")
    assert features_of(ROW) == ({"age": ["[18,65)"]}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES", "EVENTS"),
        ("MODEL_MONITORING_FEATURE_ACTIONS", "age=blur"),
        ("MODEL_MONITORING_FEATURE_ACTIONS", "age"),
        ("MODEL_MONITORING_FEATURE_ACTIONS", "age=round:x"),
        ("MODEL_MONITORING_CONFIG", "/nowhere/at/all.json"),
    ],
)
def test_a_mistake_in_the_settings_lets_nothing_out(monkeypatch, caplog, name, value):
    monkeypatch.setenv(name, value)
    assert features_of(ROW) == ({}, {})
    assert "NO FEATURE LEAVES" in caplog.text


def test_a_mistake_in_code_is_told_at_once_and_changes_nothing():
    with pytest.raises(ValueError, match="expected drop, hash, round"):
        configure(capture_features="NO_CONTENT", feature_actions={"age": "blur"})
    assert _policy.current() == _policy.Policy()


def test_a_key_that_a_file_should_not_have_is_refused(monkeypatch, tmp_path, caplog):
    file = tmp_path / "monitoring.json"
    file.write_text('{"allow": ["age"]}')
    monkeypatch.setenv("MODEL_MONITORING_CONFIG", str(file))
    assert features_of(ROW) == ({}, {})
    assert "{'allow'}" in caplog.text


class Hostile:
    """A value whose every method tells a secret."""

    def __init__(self, secret):
        self.secret = secret

    def __str__(self):
        raise ValueError(self.secret)

    __repr__ = __float__ = __len__ = __array__ = __str__


def test_fifty_planted_secrets_are_in_no_exported_byte(sink, monkeypatch):
    planted = [secrets.token_hex(12) for _ in range(50)]
    monkeypatch.setenv("MODEL_MONITORING_ALLOW_FEATURES", "age")
    spans, log = InMemorySpanExporter(), io.StringIO()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)

    @monitor_model(name="vault", features="rows")
    def guarded(rows, fail=None):
        if fail is not None:
            raise RuntimeError(fail)
        return 0.5

    try:
        for secret in planted[:10]:
            guarded({"age": 31, "email": secret})
        for secret in planted[10:20]:
            guarded({"age": 31, secret: 1.0})
            guarded(pd.DataFrame({"age": [31], secret: [secret]}))
        for secret in planted[20:30]:
            with pytest.raises(RuntimeError, match=secret):
                guarded({"age": 31, "note": secret}, fail=secret)
        for secret in planted[30:40]:
            guarded({"age": 31, "odd": Hostile(secret)})
            guarded(Hostile(secret))
        for secret in planted[40:]:
            guarded([{"age": 31, "nested": secret}, {"age": 32, secret: secret}])
            record_label("unknown", Hostile(secret))
        assert flush(20)
    finally:
        logging.getLogger().removeHandler(handler)

    exported = b"".join(body for _, body, _ in sink.requests) + log.getvalue().encode()
    exported += "".join(span.to_json() for span in spans.get_finished_spans()).encode()
    assert sum(_runtime.current().ledger.captured.values()) > 50
    assert b"vault" in exported
    assert [secret for secret in planted if secret.encode() in exported] == []


def test_ml_events_have_an_endpoint_of_their_own(sink, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ML_ENDPOINT", sink.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=vendor")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ML_HEADERS", "authorization=ours")
    predict({"age": 31})
    assert flush(20)
    assert sum(sink.rows().values()) == 1
    ((path, _, headers),) = sink.requests
    assert path == "/v1/logs"
    assert {value for key, value in headers.items() if key.lower() == "authorization"} == {"ours"}
