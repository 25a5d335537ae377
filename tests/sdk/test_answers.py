"""Answers that are records, tables, tensors or several at once, and their names on the wire."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest
import scipy.sparse as sp

from model_monitoring import _guard, monitor_model
from model_monitoring.testing import capture

TWO = [[1.0], [2.0]]
BOTH = [[0.9, 0.1], [0.2, 0.8]]


class Reply(pydantic.BaseModel):
    score: float
    detail: dict[str, float] = {}


@dataclass
class Answer:
    label: str
    score: float


def outputs(answer, rows=TWO, task=None):
    @monitor_model(name="m", task_type=task)
    def predict(features):
        return answer

    with capture(spans=False) as telemetry:
        assert predict(rows) is answer
    return telemetry.events()[0]["ml.outputs"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Reply(score=0.5, detail={"margin": 2.0}), {"score": [0.5], "value.detail.margin": [2.0]}),
        (Answer("yes", 0.5), {"value.label": ["yes"], "score": [0.5]}),
        ({"class": "yes", "probabilities": [0.1, 0.9]},
         {"class": ["yes"], "value.probabilities.0": [0.1], "value.probabilities.1": [0.9]}),
        ([Reply(score=0.5)], {"score": [0.5], "value.detail": ["{}"]}),
        ({"a": {"b": {"c": 1}}}, {"value.a.b.c": [1.0]}),
    ],
    ids=repr,
)  # fmt: skip
def test_records_for_one_row(answer, expected):
    assert outputs(answer, [[1.0]]) == expected
    assert _guard.errors() == {}


@pytest.mark.parametrize(
    ("answer", "task", "expected"),
    [
        ([Answer("a", 0.1), Answer("b", 0.2)], None, {"value.label": ["a", "b"], "score": [0.1, 0.2]}),
        ([{"score": 0.1}, {"score": 0.2, "x": 1}], None, {"score": [0.1, 0.2], "value.x": [None, 1.0]}),
        (pd.DataFrame(BOTH, columns=["no", "yes"]), "binary", {"score": [0.1, 0.8]}),
        (pd.DataFrame(BOTH, columns=["no", "yes"]), "multiclass",
         {"probability.no": [0.9, 0.2], "probability.yes": [0.1, 0.8]}),
        (pl.DataFrame(BOTH, schema=["x", "y"], orient="row"), None, {"value.x": [0.9, 0.2], "value.y": [0.1, 0.8]}),
        (pd.DataFrame({"class": ["a", None], "score": [1, 2]}), None, {"class": ["a", None], "score": [1.0, 2.0]}),
        (pa.table({"score": [0.1, None]}), None, {"score": [0.1, None]}),
        (pa.array(["a", None]), None, {"class": ["a", None]}),
        (pl.Series([0.1, 0.2]), None, {"value": [0.1, 0.2]}),
        ((np.array([0, 1]), np.array(BOTH)), None,
         {"value.0": [0.0, 1.0], "value.1.0": [0.9, 0.2], "value.1.1": [0.1, 0.8]}),
        (([0, 1], [0.5, 0.6], [7, 8]), None, {"value.0": [0.0, 1.0], "value.1": [0.5, 0.6], "value.2": [7.0, 8.0]}),
        ([np.array(BOTH), np.array(BOTH)], None,
         {"value.0.0": [0.9, 0.2], "value.0.1": [0.1, 0.8], "value.1.0": [0.9, 0.2], "value.1.1": [0.1, 0.8]}),
        (sp.csr_matrix([[0, 1], [1, 0]]), None, {"value.0": [0.0, 1.0], "value.1": [1.0, 0.0]}),
        (np.array(BOTH, "f4", order="F"), "binary", {"score": [pytest.approx(0.1), pytest.approx(0.8)]}),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_answers_for_rows(answer, task, expected):
    assert outputs(answer, TWO, task) == expected
    assert _guard.errors() == {}


def test_answers_are_bounded():
    assert len(outputs(np.ones((1, 5000)), [[1.0]])) == 2000
    assert len(outputs([1.0] * 5000, [[1.0]])) == 2000
    assert len(outputs({str(i): 1.0 for i in range(5000)}, [[1.0]])) == 2000
    assert outputs(sp.eye(1000, format="csr"), np.ones((1000, 1))) == {}
    assert _guard.errors() == {"TooManyOutputs": 1}


def test_an_answer_that_holds_itself_ends():
    loop = {"score": 0.5}
    loop["self"] = loop
    assert outputs(loop, [[1.0]])["score"] == [0.5]
    assert _guard.errors() == {"TooDeep": 1}


def test_several_answers_of_a_sampled_call(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")
    column = np.arange(100.0)
    found = outputs((column, column.reshape(-1, 1) * 2), column.reshape(-1, 1))
    assert len(found["value.0"]) == 10
    assert found["value.1"] == [2 * value for value in found["value.0"]]
