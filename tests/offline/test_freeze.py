"""Which column becomes what in a reference."""

import numpy as np
import pytest

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.offline import Columns, freeze, open_reference


@pytest.fixture
def table():
    random = np.random.default_rng(3)
    return {"age": random.normal(40, 9, 500), "plan": random.choice(["a", "b"], 500).astype(object)}


def outputs(reference):
    return {column.name: column.kind for column in reference.columns if column.role == "output"}


@pytest.mark.parametrize(
    ("values", "columns", "expected"),
    [
        (np.tile([0, 1], 250), Columns(prediction="y"), {"class": "categorical"}),
        (np.tile([0.0, 1.0], 250), Columns(prediction="y"), {"class": "categorical"}),
        (np.tile([True, False], 250), Columns(prediction="y"), {"class": "categorical"}),
        (np.tile(np.array(["yes", "no"], object), 250), Columns(prediction="y"), {"class": "categorical"}),
        (np.linspace(0, 1, 500), Columns(prediction="y"), {"value": "numeric"}),
        (np.arange(500), Columns(prediction="y"), {"value": "numeric"}),
        (np.where(np.arange(500) % 9, np.linspace(0, 9, 500), np.nan), Columns(prediction="y"), {"value": "numeric"}),
        (np.arange(500) % 200, Columns(prediction="y", categorical=("y",)), {"class": "categorical"}),
        (np.linspace(0, 1, 500), Columns(score="y"), {"score": "numeric"}),
    ],
)
def test_a_prediction_is_a_class_or_a_value_by_what_it_holds(table, values, columns, expected):
    assert outputs(freeze({**table, "y": values}, columns, model="m")) == expected


def test_a_prediction_beside_a_score_is_a_class(table):
    data = {**table, "y": np.arange(500) % 200, "s": np.linspace(0, 1, 500)}
    assert outputs(freeze(data, Columns(prediction="y", score="s"), model="m")) == {
        "class": "categorical", "score": "numeric"
    }  # fmt: skip


def test_training_data_is_frozen_by_what_its_columns_are_called(tmp_path, table):
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = {**table, "prediction": np.tile([0, 1], 250), "label": np.tile([0, 1], 250), "timestamp": np.arange(500)}
    pq.write_table(pa.table(data), tmp_path / "training.parquet")
    reference = open_reference(tmp_path / "training.parquet", model="churn")
    assert [(c.role, c.name) for c in reference.columns] == [
        ("feature", "age"), ("feature", "plan"), ("output", "class")
    ]  # fmt: skip
    assert reference.baseline["accuracy"] == 1.0


def test_a_frozen_reference_is_opened_as_it_is(tmp_path, table):
    frozen = freeze(table, Columns(), model="churn")
    frozen.save(tmp_path / "churn.mmref")
    assert open_reference(tmp_path / "churn.mmref", model="churn").hash == frozen.hash


def test_a_reference_that_is_neither_is_refused(tmp_path):
    with pytest.raises(ReferenceFileError, match="no such file"):
        open_reference(tmp_path / "nowhere.parquet", model="m")
