"""`with predict_span(...)`: a prediction that is no function of its own."""

import asyncio

import numpy as np
import pytest
from inline_snapshot import snapshot

from model_monitoring import _guard, last_prediction_id, last_prediction_ids, predict_span
from model_monitoring.testing import capture


def test_the_block_is_the_prediction():
    with capture() as telemetry:
        with predict_span("churn", version="3", features={"age": 35}, task_type="binary", environment="test") as p:
            early = p.prediction_id
            p.output = 0.5
        assert p.prediction_id == early == last_prediction_id()
    assert telemetry.events() == snapshot(
        [
            {
                "event": "ml.prediction.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe5680170c6a6a3a4506513270e",
                "ml.batch.row_count": 1,
                "ml.batch.timestamps": [1700000000.0],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438"],
                "ml.batch.latencies": [0.001],
                "ml.features": {"age": [35.0]},
                "ml.outputs": {"score": [0.5]},
                "ml.feature.schema_hash": "8e83e0345e7cd464",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.task.type": "binary",
                "ml.model.name": "churn",
                "ml.model.version": "3",
                "deployment.environment.name": "test",
            }
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
                    "ml.prediction.score": 0.5,
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.task.type": "binary",
                    "ml.model.name": "churn",
                    "ml.model.version": "3",
                    "deployment.environment.name": "test",
                },
            }
        ]
    )


def test_rows_with_ids_times_and_segments_of_their_own():
    given = {"prediction_id": ["a", "b"], "event_time": 86400, "segments": {"plan": ["x", "y"]}}
    with capture(spans=False) as telemetry, predict_span("m", features=np.ones((2, 1)), **given) as p:
        assert p.prediction_ids == ["a", "b"]
        p.output = [1.0, 2.0]
    (event,) = telemetry.events()
    assert event["ml.prediction.ids"] == ["a", "b"]
    assert event["ml.batch.timestamps"] == [86400.0] * 2
    assert event["ml.segments"] == {"plan": ["x", "y"]}


def test_features_may_come_in_the_block():
    with capture(spans=False) as telemetry, predict_span("m") as p:
        early = p.prediction_id
        p.set_features([[1.0], [2.0]])
        p.output = [0.1, 0.2]
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [1.0, 2.0]}
    assert p.prediction_ids[0] == early
    assert telemetry.events()[0]["ml.prediction.ids"] == p.prediction_ids == last_prediction_ids()


def test_without_features_there_is_the_answer():
    with capture(spans=False) as telemetry, predict_span("m") as p:
        p.output = 0.5
    assert telemetry.events()[0]["ml.outputs"] == {"value": [0.5]}
    assert _guard.errors() == {}


def test_an_exception_passes_and_is_counted():
    error = LookupError("mine")
    with capture() as telemetry, pytest.raises(LookupError) as raised, predict_span("m", features=[1.0]):
        raise error
    assert raised.value is error
    assert telemetry.events() == []
    assert telemetry.spans()[0]["status"] == "ERROR"


def test_concurrent_tasks_have_predictions_of_their_own():
    async def request(number):
        async with predict_span("m", features=[number]) as p:
            await asyncio.sleep(0)
            p.output = number
        return p.prediction_id == last_prediction_id()

    async def main():
        return await asyncio.gather(*map(request, range(10)))

    with capture() as telemetry:
        assert all(asyncio.run(main()))
    (event,) = telemetry.events()
    assert event["ml.outputs"]["class"] == event["ml.features"]["feature_0"] == list(range(10))
    assert {span["parent"] for span in telemetry.spans()} == {None}


def test_nothing_is_recorded_where_opentelemetry_is_disabled(monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with capture() as telemetry, predict_span("m", features=[1.0]) as p:
        p.output = 1.0
    assert p.prediction_id is None
    assert telemetry.events() == []


@pytest.mark.parametrize("wrong", [{"version": []}, {"feature_names": 5}, {"capture": "everything"}])
def test_wrong_options_leave_the_block(wrong):
    with capture(), predict_span("m", features=[1.0], **wrong) as p:
        p.output = 1.0
    assert list(_guard.errors().values()) == [1]


def test_ids_are_those_of_all_rows_also_where_some_are_sampled(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")
    with capture(spans=False) as telemetry, predict_span("m", features=np.ones((100, 1))) as p:
        p.output = np.ones(100)
    assert p.prediction_ids == last_prediction_ids()
    assert len(p.prediction_ids) == 100
    assert set(telemetry.events()[0]["ml.prediction.ids"]) < set(p.prediction_ids)


def test_latency_alone_has_no_ids():
    with capture(spans=False) as telemetry, predict_span("m", features=[1.0], capture="latency") as p:
        assert p.prediction_id is None
    assert (p.prediction_id, telemetry.events()) == (None, [])
