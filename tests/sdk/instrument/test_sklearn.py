"""scikit-learn: what counts, what does not, and that nothing else changes."""

import pickle

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from inline_snapshot import snapshot
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import IsolationForest, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_selection import RFE
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from model_monitoring import monitor_model
from model_monitoring.instrument import SklearnInstrumentor


@pytest.fixture(autouse=True)
def instrumented():
    SklearnInstrumentor().instrument()


def seen(telemetry):
    """What was counted: model, operation and rows of every event."""
    return [(e["ml.model.name"], e["ml.operation.name"], e["ml.batch.row_count"]) for e in telemetry.events()]


def test_a_prediction_needs_no_line_of_code(telemetry, table):
    frame = pd.DataFrame(table[0], columns=["age", "tenure"])
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=1)).fit(frame, table[1])
    model.predict_proba(frame[-1:])
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
                "ml.outputs": {"score": [1.0]},
                "ml.feature.schema_hash": "f62871f1b850856f",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.framework.name": "sklearn",
                "ml.operation.name": "predict_proba",
                "ml.task.type": "binary",
                "ml.model.name": "Pipeline",
            }
        ]
    )
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict Pipeline",
                "kind": "INTERNAL",
                "status": "UNSET",
                "id": 2,
                "parent": None,
                "attributes": {
                    "ml.feature.age": 8.0,
                    "ml.feature.tenure": 8.0,
                    "ml.prediction.score": 1.0,
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.framework.name": "sklearn",
                    "ml.operation.name": "predict_proba",
                    "ml.task.type": "binary",
                    "ml.model.name": "Pipeline",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "Pipeline",
                    "ml.operation.name": "predict_proba",
                    "ml.framework.name": "sklearn",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {
                    "ml.model.name": "Pipeline",
                    "ml.operation.name": "predict_proba",
                    "ml.framework.name": "sklearn",
                    "value": 1,
                }
            ],
            "ml.sdk.rows.captured": [{"ml.model.name": "Pipeline", "value": 1}],
        }
    )


def test_predictions_are_bit_equal(table):
    rows, classes = table
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(rows, classes)
    with_us = [model.predict(rows), model.predict_proba(rows), model.predict_log_proba(rows)]
    SklearnInstrumentor().uninstrument()
    without = [model.predict(rows), model.predict_proba(rows), model.predict_log_proba(rows)]
    assert [a.tobytes() for a in with_us] == [b.tobytes() for b in without]


def test_only_the_outermost_call_counts(telemetry, table):
    members = [("a", LogisticRegression()), ("b", SVC()), ("c", DummyClassifier())]
    for model in (
        VotingClassifier(members),
        StackingClassifier(members, cv=2),
        GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, cv=2),
        RFE(LogisticRegression()),
        make_pipeline(StandardScaler(), make_pipeline(LogisticRegression())),
    ):
        model.fit(*table).predict(table[0][:3])
    assert seen(telemetry) == [
        (name, "predict", 3) for name in ("VotingClassifier", "StackingClassifier", "GridSearchCV", "RFE", "Pipeline")
    ]


def test_what_runs_in_the_workers_of_a_forest_is_part_of_the_call(telemetry, table):
    model = RandomForestClassifier(n_estimators=8, n_jobs=2).fit(*table)
    model.predict(table[0])
    assert seen(telemetry) == [("RandomForestClassifier", "predict", 8)]


def test_fitting_scoring_and_searching_are_no_predictions(telemetry, table):
    rows, classes = table
    model = LogisticRegression().fit(rows, classes)
    model.score(rows, classes)
    get_scorer("roc_auc")(model, rows, classes)
    cross_val_score(model, rows, classes, cv=2)
    cross_val_predict(model, rows, classes, cv=2)
    GridSearchCV(model, {"C": [0.1, 1.0]}, cv=2, n_jobs=2).fit(rows, classes)
    IsolationForest(n_estimators=3, contamination=0.25).fit_predict(rows)
    partial_dependence(model, rows, [0])
    permutation_importance(model, rows, classes, n_repeats=2)
    assert seen(telemetry) == []


class Halves(ClassifierMixin, BaseEstimator):
    """An estimator of the user's own, which predicts while it is fitted."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.middle_ = float(np.median(X[:, 0]))
        self.predict(X)
        return self

    def predict(self, X):
        return self.classes_[(X[:, 0] > self.middle_).astype(int)]


def test_an_estimator_of_ones_own_is_seen_and_its_fit_is_not(telemetry, table):
    Halves().fit(*table).predict(table[0][:2])
    assert seen(telemetry) == [("Halves", "predict", 2)]


def test_a_class_that_cannot_be_hooked_is_made_all_the_same(telemetry, table):
    class Odd(Halves, list):
        """Of a base written in C, whose methods are nobody's to replace."""

    Odd().fit(*table).predict(table[0][:2])
    assert seen(telemetry) == [("Odd", "predict", 2)]


def test_inside_a_decorated_function_nothing_counts_twice(telemetry, table):
    model = LogisticRegression().fit(*table)

    @monitor_model(name="churn")
    def score(rows):
        return model.predict(rows)

    score(table[0][:2])
    assert seen(telemetry) == [("churn", "score", 2)]


def test_an_explainer_that_calls_the_model_is_no_user_of_it(telemetry, table):
    model = LogisticRegression().fit(*table)
    explainer: dict = {"__name__": "shap.explainers"}
    exec("def explain(f, rows):\n    return f(rows)", explainer)
    explainer["explain"](model.predict_proba, table[0])
    explainer["explain"](lambda rows: model.predict_proba(rows)[:, 1], table[0])
    assert seen(telemetry) == []


def test_the_exception_is_the_models_own_and_counted(telemetry):
    with pytest.raises(ValueError, match="features") as raised:
        LogisticRegression().fit([[1.0], [2.0]], [0, 1]).predict([[1.0, 2.0]])
    assert raised.value.__suppress_context__ is False
    assert telemetry.events() == []
    (point,) = telemetry.metrics()["ml.inference.duration"]
    assert point["error.type"] == "ValueError"


def test_a_method_that_is_not_available_stays_so(table):
    assert not hasattr(SVC().fit(*table), "predict_proba")
    assert not hasattr(make_pipeline(SVC()).fit(*table), "predict_proba")
    assert hasattr(make_pipeline(LogisticRegression()).fit(*table), "predict_proba")
    assert not hasattr(GridSearchCV(SVC(), {}), "predict_proba")


def test_models_and_their_methods_pickle_and_clone(telemetry, table):
    model = make_pipeline(LogisticRegression()).fit(*table)
    again, method = pickle.loads(pickle.dumps((model, model.predict)))
    again.predict(table[0][:1])
    method(table[0][:2])
    clone(model).fit(*table).predict(table[0][:3])
    assert sum(rows for _, _, rows in seen(telemetry)) == 6


def test_a_pickle_from_before_is_seen_after(telemetry, table):
    SklearnInstrumentor().uninstrument()
    data = pickle.dumps(LogisticRegression().fit(*table))
    SklearnInstrumentor().instrument()
    pickle.loads(data).predict(table[0][:1])
    assert seen(telemetry) == [("LogisticRegression", "predict", 1)]


def test_loky_workers_run_models_of_classes_that_travel_by_value(table):
    made: dict = {"__name__": "__main__", "Halves": Halves}
    exec("class Mine(Halves):\n    def predict(self, X):\n        return super().predict(X)", made)
    model = made["Mine"]().fit(*table)
    cloudpickle.loads(cloudpickle.dumps(model))
    answers = Parallel(n_jobs=2)(delayed(model.predict)(table[0]) for _ in range(2))
    assert [answer.tolist() for answer in answers] == [model.predict(table[0]).tolist()] * 2


@pytest.mark.parametrize(
    ("model", "method", "of_class", "expected"),
    [
        (LogisticRegression(), "predict", float, ("binary", ["class"])),
        (LogisticRegression(), "predict", ["no", "yes"].__getitem__, ("binary", ["class"])),
        (LogisticRegression(), "predict_proba", int, ("binary", ["score"])),
        (LogisticRegression(), "decision_function", int, ("binary", ["score"])),
        (LogisticRegression(), "predict_log_proba", int, (None, ["value.0", "value.1"])),
        (LinearRegression(), "predict", int, ("regression", ["value"])),
        (IsolationForest(n_estimators=3), "decision_function", int, (None, ["value"])),
    ],
)
def test_task_and_names_come_from_the_model(telemetry, table, model, method, of_class, expected):
    frame = pd.DataFrame(table[0], columns=["age", "tenure"])
    model = clone(model).fit(frame, [of_class(one) for one in table[1]])
    getattr(model, method)(frame[:1])
    (event,) = telemetry.events()
    assert (event.get("ml.task.type"), list(event["ml.outputs"])) == expected
    assert list(event["ml.features"]) == ["age", "tenure"]


def test_an_array_has_the_names_that_the_model_was_fitted_with(telemetry, table):
    model = DecisionTreeClassifier().fit(pd.DataFrame(table[0], columns=["age", "tenure"]), table[1])
    with pytest.warns(UserWarning, match="feature names"):
        model.predict(table[0][:1])
    assert list(telemetry.events()[0]["ml.features"]) == ["age", "tenure"]


def test_after_another_fit_the_model_is_looked_at_anew(telemetry, table):
    rows, classes = table
    model = LogisticRegression().fit(rows, classes)
    model.predict(rows[:1])
    model.fit(rows, np.arange(8) % 3).predict(rows[:1])
    assert [event["ml.task.type"] for event in telemetry.events()] == ["binary", "multiclass"]
    assert {event["ml.model.name"] for event in telemetry.events()} == {"LogisticRegression"}


def test_two_models_of_one_class_never_merge(telemetry, table):
    churn, fraud = LogisticRegression().fit(*table), LogisticRegression(C=2).fit(*table)
    for model in (churn, fraud, churn):
        model.predict(table[0][:1])
    assert [(name, rows) for name, _, rows in seen(telemetry)] == [
        ("LogisticRegression", 2),
        ("LogisticRegression#2", 1),
    ]
