"""What a model may answer, and what it is called on the wire."""

import numpy as np
import pandas as pd
import pytest

from model_monitoring import _guard, monitor_model
from model_monitoring.testing import capture

TWO = [[1.0], [2.0]]


def outputs(answer, rows=TWO, task=None):
    @monitor_model(name="m", task_type=task)
    def predict(features):
        return answer

    with capture(spans=False) as telemetry:
        assert predict(rows) is answer
    return telemetry.events()[0]["ml.outputs"]


@pytest.mark.parametrize(
    ("answer", "task", "expected"),
    [
        (0.5, None, {"value": [0.5]}),
        (0.5, "regression", {"value": [0.5]}),
        (0.5, "binary", {"score": [0.5]}),
        (1, None, {"class": [1.0]}),
        (1, "regression", {"value": [1.0]}),
        (1, "binary", {"class": [1.0]}),
        (True, None, {"class": [1.0]}),
        ("cat", None, {"class": ["cat"]}),
        (np.float32(0.5), "binary", {"score": [0.5]}),
        (np.int64(1), "binary", {"class": [1.0]}),
        (np.array([0.5]), "binary", {"score": [0.5]}),
        (np.array([[0.2, 0.8]]), "binary", {"score": [0.8]}),
        (np.array([0.2, 0.8]), "binary", {"score": [0.8]}),
        ([0.1, 0.2, 0.7], "multiclass", {"probability.0": [0.1], "probability.1": [0.2], "probability.2": [0.7]}),
        ([0.1, 0.2], None, {"value.0": [0.1], "value.1": [0.2]}),
        ({"score": 0.5, "class": "yes", "margin": 2}, None, {"score": [0.5], "class": ["yes"], "value.margin": [2.0]}),
        (None, None, {}),
    ],
    ids=repr,
)
def test_answers_for_one_row(answer, task, expected):
    assert outputs(answer, [[1.0]], task) == expected
    assert _guard.errors() == {}


@pytest.mark.parametrize(
    ("answer", "task", "expected"),
    [
        (np.array([0.1, 0.9]), None, {"value": [0.1, 0.9]}),
        (np.array([[0.1], [0.9]]), None, {"value": [0.1, 0.9]}),
        (np.array([[0.9, 0.1], [0.1, 0.9]]), "binary", {"score": [0.1, 0.9]}),
        (np.array([[0.9, 0.1], [0.1, 0.9]]), "multiclass", {"probability.0": [0.9, 0.1], "probability.1": [0.1, 0.9]}),
        (np.array([[0.9, 0.1], [0.1, 0.9]]), "regression", {"value.0": [0.9, 0.1], "value.1": [0.1, 0.9]}),
        (np.array([0, 1]), "binary", {"class": [0.0, 1.0]}),
        (np.array([0, 1]), None, {"class": [0.0, 1.0]}),
        (np.array([True, False]), None, {"class": [1.0, 0.0]}),
        (np.array(["a", "b"]), None, {"class": ["a", "b"]}),
        (np.array(["a", None], dtype=object), None, {"class": ["a", None]}),
        ([0.1, 0.9], "binary", {"score": [0.1, 0.9]}),
        (["a", "b"], None, {"class": ["a", "b"]}),
        ([[0.9, 0.1], [0.1, 0.9]], "binary", {"score": [0.1, 0.9]}),
        ((np.float64(0.1), np.float64(0.9)), None, {"value": [0.1, 0.9]}),
        (pd.Series([0.1, 0.9]), None, {"value": [0.1, 0.9]}),
        (pd.DataFrame({"x": [0.1, 0.9]}), None, {"value": [0.1, 0.9]}),
        ({"score": np.array([0.1, 0.9]), "up": [1, 2]}, None, {"score": [0.1, 0.9], "value.up": [1.0, 2.0]}),
    ],
    ids=repr,
)
def test_answers_for_rows(answer, task, expected):
    assert outputs(answer, TWO, task) == expected
    assert _guard.errors() == {}


@pytest.mark.parametrize("answer", [[1.0], np.ones(3), np.ones((2, 2, 2)), [[1.0], [1.0, 2.0]]])
def test_an_answer_that_does_not_fit_the_rows_is_left_out_and_counted(answer):
    assert outputs(answer) == {}
    assert _guard.errors() == {"OutputShape": 1}
