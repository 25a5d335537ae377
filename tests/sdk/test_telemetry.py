"""Whole telemetry of one call, as it is seen by whoever reads it: the specification of the SDK, by example."""

import numpy as np
import pandas as pd
import pytest
from inline_snapshot import snapshot

from model_monitoring import last_prediction_id, monitor_model, record_label
from model_monitoring.testing import capture


def test_a_dict_of_scalars_is_one_row():
    @monitor_model(name="churn", version="3", environment="test", task_type="binary")
    def predict(customer):
        return 0.73

    with capture() as telemetry:
        predict({"age": 35, "plan": "gold", "income": None})
        record_label(last_prediction_id(), True, model="churn")
    assert telemetry.events() == snapshot(
        [
            {
                "event": "ml.prediction.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe5680270c6a6a3a4506513270e",
                "ml.batch.row_count": 1,
                "ml.batch.timestamps": [1700000000.0],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438"],
                "ml.batch.latencies": [0.001],
                "ml.features": {"age": [35.0], "plan": ["gold"], "income": [None]},
                "ml.outputs": {"score": [0.73]},
                "ml.feature.schema_hash": "e26910e9106511a9",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.operation.name": "predict",
                "ml.task.type": "binary",
                "ml.model.name": "churn",
                "ml.model.version": "3",
                "deployment.environment.name": "test",
            },
            {
                "event": "ml.label.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe568037893923f0824128b2f33",
                "ml.batch.row_count": 1,
                "ml.batch.timestamps": [1700000000.001],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438"],
                "ml.labels": [1.0],
                "ml.model.name": "churn",
            },
        ]
    )
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict churn",
                "kind": "INTERNAL",
                "status": "UNSET",
                "id": 2,
                "parent": None,
                "attributes": {
                    "ml.feature.age": 35,
                    "ml.feature.plan": "gold",
                    "ml.prediction.score": 0.73,
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.operation.name": "predict",
                    "ml.task.type": "binary",
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                    "deployment.environment.name": "test",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                    "deployment.environment.name": "test",
                    "ml.operation.name": "predict",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                    "deployment.environment.name": "test",
                    "ml.operation.name": "predict",
                    "value": 1,
                }
            ],
            "ml.sdk.rows.captured": [
                {"ml.model.name": "churn", "ml.model.version": "3", "deployment.environment.name": "test", "value": 1}
            ],
            "ml.sdk.labels.captured": [{"ml.model.name": "churn", "value": 1}],
        }
    )


def test_an_array_is_rows_without_names():
    @monitor_model(name="price", task_type="regression")
    def predict(rows):
        return rows.sum(axis=1)

    with capture(spans=False) as telemetry:
        predict(np.array([[1.0, 2.0], [3.0, np.nan]]))
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
                "ml.features": {"feature_0": [1.0, 3.0], "feature_1": [2.0, None]},
                "ml.outputs": {"value": [3.0, None]},
                "ml.feature.schema_hash": "9854a2d319b526a2",
                "ml.operation.name": "predict",
                "ml.task.type": "regression",
                "ml.model.name": "price",
            }
        ]
    )
    assert telemetry.spans() == []


def test_a_frame_has_numbers_categories_and_times():
    frame = pd.DataFrame(
        {
            "seats": pd.array([1, None], dtype="Int64"),
            "carrier": ["AA", None],
            "class": pd.Categorical(["eco", "first"]),
            "late": [True, False],
            "when": pd.to_datetime(["2013-03-01T00:00Z", None]),
        }
    )

    @monitor_model(name="flights", features="flights", event_time="departures", task_type="binary")
    def predict(airport, flights, departures):
        return np.array([[0.9, 0.1], [0.2, 0.8]])

    with capture(spans=False) as telemetry:
        predict("JFK", frame, departures=pd.to_datetime(["2013-03-01 05:00", "2013-03-01 06:00"]))
    assert telemetry.events() == snapshot(
        [
            {
                "event": "ml.prediction.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe5680170c6a6a3a4506513270e",
                "ml.batch.row_count": 2,
                "ml.batch.timestamps": [1362114000.0, 1362117600.0],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438", "018bcfe5-6800-726b-b2a7-4de452e6b439"],
                "ml.batch.latencies": [0.001, 0.001],
                "ml.features": {
                    "seats": [1.0, None],
                    "carrier": ["AA", None],
                    "class": ["eco", "first"],
                    "late": [1.0, 0.0],
                    "when": [1362096000.0, None],
                },
                "ml.outputs": {"score": [0.1, 0.8]},
                "ml.feature.schema_hash": "5070d1e2ad19f04d",
                "ml.operation.name": "predict",
                "ml.task.type": "binary",
                "ml.model.name": "flights",
            }
        ]
    )


def test_a_failing_model_is_counted_and_its_exception_is_untouched():
    @monitor_model(name="churn", version="3")
    def predict(customer):
        raise LookupError("no such customer")

    with capture() as telemetry, pytest.raises(LookupError, match="no such customer"):
        predict({"age": 35})
    assert telemetry.events() == []
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict churn",
                "kind": "INTERNAL",
                "status": "ERROR",
                "id": 2,
                "parent": None,
                "attributes": {
                    "ml.batch.row_count": 1,
                    "error.type": "LookupError",
                    "ml.operation.name": "predict",
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                    "ml.operation.name": "predict",
                    "error.type": "LookupError",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {"ml.model.name": "churn", "ml.model.version": "3", "ml.operation.name": "predict", "value": 0}
            ],
        }
    )


def test_a_span_of_many_rows_has_no_values():
    @monitor_model(name="price")
    def predict(rows):
        return [1.0, 2.0]

    with capture() as telemetry:
        predict([{"a": 1}, {"a": 2}])
    assert telemetry.spans()[0]["attributes"] == snapshot(
        {"ml.batch.row_count": 2, "ml.operation.name": "predict", "ml.model.name": "price"}
    )


def test_a_span_is_the_child_of_the_current_one_and_current_inside():
    from opentelemetry import trace

    inside = []

    @monitor_model(name="inner")
    def inner(row):
        inside.append(trace.get_current_span().get_span_context().span_id)
        return 1.0

    @monitor_model(name="outer")
    def outer(row):
        return inner(row)

    with capture() as telemetry:
        outer({"a": 1})
    first, second = telemetry.spans()
    assert (first["name"], second["name"]) == ("predict inner", "predict outer")
    assert first["parent"] == second["id"]
    assert second["parent"] is None
    assert inside == [first["id"]]
    assert trace.get_current_span().get_span_context().span_id == 0


def test_a_span_shows_at_most_64_features_and_always_the_identity():
    @monitor_model(name="wide", version="1", environment="test")
    def predict(row):
        return 1.0

    with capture() as telemetry:
        predict({f"f{i}": i for i in range(500)})
    attributes = telemetry.spans()[0]["attributes"]
    assert sum(name.startswith("ml.feature.") for name in attributes) == 64
    assert attributes["ml.model.name"] == "wide"
    assert len(telemetry.events()[0]["ml.features"]) == 500
