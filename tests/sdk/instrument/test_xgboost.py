"""XGBoost: estimators and boosters."""

import weakref

import numpy as np
import pandas as pd
import pytest
import xgboost
from inline_snapshot import snapshot
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from model_monitoring.instrument import SklearnInstrumentor, XGBoostInstrumentor


@pytest.fixture(autouse=True)
def instrumented():
    XGBoostInstrumentor().instrument()


@pytest.fixture
def booster(table):
    matrix = xgboost.DMatrix(*table, feature_names=["age", "tenure"])
    return xgboost.train({"objective": "binary:logistic", "max_depth": 1, "base_score": 0.5}, matrix, 2)


def seen(telemetry):
    return [(e["ml.model.name"], e["ml.operation.name"], e["ml.batch.row_count"]) for e in telemetry.events()]


def test_an_estimator_is_one_prediction_however_it_gets_there(telemetry, table):
    SklearnInstrumentor().instrument()
    model = xgboost.XGBClassifier(n_estimators=2, max_depth=1, base_score=0.5)
    model.fit(pd.DataFrame(table[0], columns=["age", "tenure"]), table[1])
    model.predict(table[0][-1:])
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
                "ml.framework.name": "xgboost",
                "ml.operation.name": "predict",
                "ml.task.type": "binary",
                "ml.model.name": "XGBClassifier",
            }
        ]
    )
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict XGBClassifier",
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
                    "ml.framework.name": "xgboost",
                    "ml.operation.name": "predict",
                    "ml.task.type": "binary",
                    "ml.model.name": "XGBClassifier",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "XGBClassifier",
                    "ml.operation.name": "predict",
                    "ml.framework.name": "xgboost",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {
                    "ml.model.name": "XGBClassifier",
                    "ml.operation.name": "predict",
                    "ml.framework.name": "xgboost",
                    "value": 1,
                }
            ],
            "ml.sdk.rows.captured": [{"ml.model.name": "XGBClassifier", "value": 1}],
        }
    )


def test_the_estimators_class_and_score_are_told_apart(telemetry, table):
    model = xgboost.XGBClassifier(n_estimators=2).fit(*table)
    score = model.predict_proba(table[0][:1])
    assert telemetry.events()[0]["ml.outputs"] == {"score": [score[0, 1]]}


def test_in_a_pipeline_the_pipeline_counts_or_without_its_hooks_the_estimator(telemetry, table):
    model = make_pipeline(xgboost.XGBRegressor(n_estimators=2)).fit(*table)
    model.predict(table[0])
    SklearnInstrumentor().instrument()
    model.predict(table[0])
    assert seen(telemetry) == [("XGBRegressor", "predict", 8), ("Pipeline", "predict", 8)]


def test_a_booster_is_seen_with_what_its_matrix_was_made_of(telemetry, table, booster):
    frame = pd.DataFrame(table[0], columns=["age", "tenure"])
    scores = booster.predict(xgboost.DMatrix(frame))
    (event,) = telemetry.events()
    assert event["ml.features"] == {"age": [1, 2, 3, 4, 5, 6, 7, 8], "tenure": [5, 6, 7, 8, 5, 6, 7, 8]}
    assert event["ml.outputs"] == {"score": pytest.approx(scores)}
    assert (event["ml.task.type"], event["ml.operation.name"]) == ("binary", "predict")


def test_a_small_source_lives_as_long_as_its_matrix(telemetry, booster):
    booster.predict(xgboost.DMatrix(np.array([[3.0, np.nan], [0.0, 4.0]]), feature_names=["age", "tenure"]))
    assert telemetry.events()[0]["ml.features"] == {"age": [3.0, 0.0], "tenure": [None, 4.0]}


def test_of_a_large_one_that_is_gone_the_rows_are_counted(telemetry, booster):
    source = np.ones((100_000, 2))
    gone = weakref.ref(source)
    matrix = xgboost.DMatrix(source, feature_names=["age", "tenure"])
    del source
    assert gone() is None
    booster.predict(matrix)
    (point,) = telemetry.metrics()["ml.inference.rows"]
    assert point["value"] == 100_000


def test_inplace_predict_is_seen(telemetry, table, booster):
    booster.inplace_predict(table[0][:3], validate_features=False)
    assert seen(telemetry) == [("Booster", "inplace_predict", 3)]
    assert list(telemetry.events()[0]["ml.features"]) == ["age", "tenure"]


def test_training_explaining_and_scoring_are_no_predictions(telemetry, table, booster):
    matrix = xgboost.DMatrix(*table, feature_names=["age", "tenure"])
    for option in ("pred_contribs", "pred_leaf", "pred_interactions"):
        booster.predict(matrix, **{option: True})
    xgboost.cv({"objective": "binary:logistic"}, matrix, 2, nfold=2)
    model = xgboost.XGBClassifier(n_estimators=2).fit(*table, eval_set=[table], verbose=False)
    SklearnInstrumentor().instrument()
    model.score(*table)
    cross_val_score(model, *table, cv=2)
    assert seen(telemetry) == []


def test_predictions_are_bit_equal(table, booster):
    model = xgboost.XGBClassifier(n_estimators=3).fit(*table)

    def answers():
        matrix = xgboost.DMatrix(table[0], feature_names=["age", "tenure"])
        found = [model.predict(table[0]), model.predict_proba(table[0]), booster.predict(matrix)]
        return [answer.tobytes() for answer in [*found, booster.inplace_predict(table[0], validate_features=False)]]

    with_us = answers()
    XGBoostInstrumentor().uninstrument()
    assert answers() == with_us
