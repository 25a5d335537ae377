"""LightGBM: estimators and boosters."""

import lightgbm
import pandas as pd
import pytest
from inline_snapshot import snapshot

from model_monitoring.instrument import LightGBMInstrumentor, SklearnInstrumentor

SMALL = {"n_estimators": 2, "min_child_samples": 1, "min_data_in_bin": 1, "verbose": -1}


@pytest.fixture(autouse=True)
def instrumented():
    LightGBMInstrumentor().instrument()
    SklearnInstrumentor().instrument()


@pytest.fixture
def frame(table):
    return pd.DataFrame(table[0], columns=["age", "tenure"])


def seen(telemetry):
    return [(e["ml.model.name"], e["ml.operation.name"], e["ml.batch.row_count"]) for e in telemetry.events()]


def test_an_estimator_is_one_prediction_however_it_gets_there(telemetry, table, frame):
    lightgbm.LGBMClassifier(**SMALL).fit(frame, table[1]).predict(frame[-1:])
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
                "ml.features": {"age": [8.0], "tenure": [8.0]},
                "ml.outputs": {"class": [1.0]},
                "ml.feature.schema_hash": "f62871f1b850856f",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.framework.name": "lightgbm",
                "ml.operation.name": "predict",
                "ml.task.type": "binary",
                "ml.model.name": "LGBMClassifier",
            }
        ]
    )
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict LGBMClassifier",
                "kind": "INTERNAL",
                "status": "UNSET",
                "id": 2,
                "parent": None,
                "attributes": {
                    "ml.feature.age": 8.0,
                    "ml.feature.tenure": 8.0,
                    "ml.prediction.class": "1.0",
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.framework.name": "lightgbm",
                    "ml.operation.name": "predict",
                    "ml.task.type": "binary",
                    "ml.model.name": "LGBMClassifier",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "LGBMClassifier",
                    "ml.operation.name": "predict",
                    "ml.framework.name": "lightgbm",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {
                    "ml.model.name": "LGBMClassifier",
                    "ml.operation.name": "predict",
                    "ml.framework.name": "lightgbm",
                    "value": 1,
                }
            ],
            "ml.sdk.rows.captured": [{"ml.model.name": "LGBMClassifier", "value": 1}],
        }
    )


def test_a_booster_is_seen_and_tells_its_task_and_names(telemetry, table, frame):
    model = lightgbm.LGBMClassifier(**SMALL).fit(frame, table[1])
    text = model.booster_.model_to_string()
    scores = lightgbm.Booster(model_str=text).predict(table[0][:2])
    (event,) = telemetry.events()
    assert event["ml.features"] == {"age": [1.0, 2.0], "tenure": [5.0, 6.0]}
    assert event["ml.outputs"] == {"score": pytest.approx(scores)}


def test_training_explaining_and_scoring_are_no_predictions(telemetry, table, frame):
    model = lightgbm.LGBMClassifier(**SMALL).fit(frame, table[1], eval_set=[(frame, table[1])])
    model.predict(frame, pred_contrib=True)
    model.predict(frame, pred_leaf=True)
    model.booster_.predict(frame, pred_contrib=True)
    model.score(frame, table[1])
    assert seen(telemetry) == []


def test_predictions_are_bit_equal(table, frame):
    model = lightgbm.LGBMClassifier(**SMALL).fit(frame, table[1])

    def answers():
        found = [model.predict(frame), model.predict_proba(frame), model.booster_.predict(frame)]
        return [answer.tobytes() for answer in found]

    with_us = answers()
    LightGBMInstrumentor().uninstrument()
    assert answers() == with_us
