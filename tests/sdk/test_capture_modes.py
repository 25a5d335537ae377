"""How much of a call is kept, and by what its results may be sliced."""

import numpy as np
import pandas as pd
import pytest
from inline_snapshot import snapshot

from model_monitoring import _guard, last_prediction_id, monitor_model
from model_monitoring.testing import capture


def test_outputs_alone():
    @monitor_model(name="m", capture="outputs", task_type="binary")
    def predict(rows):
        return np.array([[0.9, 0.1], [0.2, 0.8]])

    with capture() as telemetry:
        predict(np.array([[1.0], [2.0]]))
    assert telemetry.events() == snapshot(
        [
            {
                "event": "ml.prediction.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe5680170c6a6a3a4506513270e",
                "ml.batch.row_count": 2,
                "ml.batch.timestamps": [1700000000.0, 1700000000.0],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438", "018bcfe5-6800-726b-b2a7-4de452e6b439"],
                "ml.batch.latencies": [0.001, 0.001],
                "ml.features": {},
                "ml.outputs": {"score": [0.1, 0.8]},
                "ml.feature.schema_hash": "e4a6a0577479b2b4",
                "ml.batch.span_contexts": [
                    "000000000000000000000000000000010000000000000002",
                    "000000000000000000000000000000010000000000000002",
                ],
                "ml.operation.name": "predict",
                "ml.task.type": "binary",
                "ml.model.name": "m",
            }
        ]
    )


def test_latency_alone():
    @monitor_model(name="m", capture="latency")
    def predict(rows):
        return [1.0, 2.0]

    with capture() as telemetry:
        predict([[1.0], [2.0]])
        assert last_prediction_id() is None, "there is nothing that a label could find"
    assert telemetry.events() == []
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [{"ml.model.name": "m", "ml.operation.name": "predict", "count": 1, "sum": 0.001}],
            "ml.inference.rows": [{"ml.model.name": "m", "ml.operation.name": "predict", "value": 2}],
        }
    )
    assert telemetry.spans()[0]["attributes"] == snapshot(
        {"ml.batch.row_count": 2, "ml.operation.name": "predict", "ml.model.name": "m"}
    )


@pytest.mark.parametrize(
    ("features", "rows"),
    [
        (np.ones((3, 2)), 3),
        (np.ones(3), 1),
        (pd.DataFrame({"a": [1, 2]}), 2),
        ([[1.0], [2.0]], 2),
        ([1.0, 2.0], 1),
        ({"a": 1}, 1),
        ("text", 1),
    ],
)
def test_rows_are_counted_without_being_kept(features, rows):
    @monitor_model(name="m", capture="latency")
    def predict(features):
        return None

    with capture(spans=False) as telemetry:
        predict(features)
    assert telemetry.metrics()["ml.inference.rows"][0]["value"] == rows


def test_no_feature_is_on_the_span_of_a_model_that_keeps_outputs_alone():
    @monitor_model(name="m", capture="outputs")
    def predict(row):
        return 0.5

    with capture() as telemetry:
        predict({"secret": "s3cret"})
    assert "s3cret" not in f"{telemetry.spans()}{telemetry.events()}"


def test_there_is_no_other_mode(caplog):
    def predict(row): ...

    _guard.reset()
    assert monitor_model(name="m", capture="all")(predict) is predict
    assert "capture is one of features, outputs, latency, not 'all'" in caplog.text


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ("plan", {"plan": ["gold", "gold"]}),
        (["plan", "age"], {"plan": ["gold", "gold"], "age": [31.0, 47.0]}),
        ({"tier": "plan"}, {"tier": ["gold", "gold"]}),
        ({"old": lambda a: [age > 40 for age in a["age"]]}, {"old": [0.0, 1.0]}),
        (lambda a: {"plan": a["plan"], "n": np.array([1, 2])}, {"plan": ["gold", "gold"], "n": [1.0, 2.0]}),
        (lambda a: {"wrong": [1, 2, 3], "right": pd.Series(["x", None])}, {"right": ["x", None]}),
    ],
    ids=["name", "names", "mapping", "functions", "function", "lengths"],
)
def test_segments(segments, expected):
    @monitor_model(name="m", segments=segments, features="rows")
    def predict(age, rows, plan="gold"):
        return [0.1, 0.2]

    with capture(spans=False) as telemetry:
        predict((31, 47), [[1.0], [2.0]])
    assert telemetry.events()[0]["ml.segments"] == expected


def test_the_argument_of_a_segment_is_not_taken_for_features():
    @monitor_model(name="m", segments="region")
    def predict(region, row):
        return 1.0

    with capture(spans=False) as telemetry:
        predict("eu", [1.0])
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [1.0]}


def test_segments_that_fail_and_segments_that_are_too_many_leave_the_prediction():
    @monitor_model(name="m", segments=lambda a: {str(i): i for i in range(20)})
    def many(row):
        return 1.0

    @monitor_model(name="n", segments=lambda a: a["absent"])
    def failing(row):
        return 1.0

    with capture(spans=False) as telemetry:
        many([1.0])
        failing([1.0])
    assert [len(event.get("ml.segments", ())) for event in telemetry.events()] == [16, 0]
    assert _guard.errors() == {"TooManySegments": 1, "KeyError": 1}


def test_segments_of_a_sampled_call_are_those_of_the_rows_that_were_kept(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")

    @monitor_model(name="m", segments=lambda a: {"row": a["rows"][:, 0]})
    def predict(rows):
        return None

    with capture(spans=False) as telemetry:
        predict(np.arange(100.0).reshape(-1, 1))
    assert telemetry.events()[0]["ml.segments"]["row"] == telemetry.events()[0]["ml.features"]["feature_0"]


def test_the_processor_reads_segments():
    from opentelemetry.exporter.otlp.proto.common._internal import _encode_attributes

    from model_monitoring_processor.ingest.prediction_record import prediction_batch

    @monitor_model(name="m", segments="plan")
    def predict(row, plan):
        return 1.0

    with capture(spans=False) as telemetry:
        predict([1.0], "gold")
        (record,) = telemetry.records()
    attributes = {pair.key: pair.value for pair in _encode_attributes(record.attributes)}
    batch, _ = prediction_batch(attributes, "test", 1_700_000_000_000_000_000)
    assert list(batch.segments) == ["plan"]
    assert list(batch.features) == ["feature_0"]
