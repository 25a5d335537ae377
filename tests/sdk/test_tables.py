"""Tables and matrices of other libraries, none of which the SDK imports."""

import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

from model_monitoring import _guard, _matrices, monitor_model
from model_monitoring.testing import capture


def event(features, answer=None, **options):
    @monitor_model(name="m", **options)
    def predict(features):
        return answer

    with capture(spans=False) as telemetry:
        predict(features)
    events = telemetry.events()
    return events[0] if events else None


def columns(features, **options):
    found = event(features, **options)
    return found and found["ml.features"]


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", ">f8", "i1", "u8", "?", "g", "m8[s]"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_type_and_order(kind, order):
    table = np.array([[0, 1], [1, 0]], dtype=kind, order=order)
    assert columns(table) == {"feature_0": [0.0, 1.0], "feature_1": [1.0, 0.0]}
    assert columns(table[0]) == {"feature_0": [0.0], "feature_1": [1.0]}
    assert _guard.errors() == {}


def test_a_column_of_float32_stays_float32():
    @monitor_model(name="m")
    def predict(features):
        return None

    with capture(spans=False) as telemetry:
        predict(np.ones((3, 1), "f4"))
    assert len(telemetry.records()[0].attributes["ml.features"]["feature_0"]) == 12


ARROW = pa.table(
    {
        "number": pa.array([1, None], pa.int32()),
        "flag": pa.array([True, None]),
        "text": pa.array(["x", None]).dictionary_encode(),
        "when": pa.array([86400, None], pa.timestamp("s")),
        "decimal": pa.array([1, None], pa.decimal128(5, 2)),
    }
)
VALUES = {"number": [1.0, None], "flag": [1.0, None], "text": ["x", None], "when": [86400.0, None],
          "decimal": [1.0, None]}  # fmt: skip


@pytest.mark.parametrize("table", [ARROW, ARROW.to_batches()[0]], ids=["Table", "RecordBatch"])
def test_arrow_tables(table):
    assert columns(table) == VALUES
    assert _guard.errors() == {}


def test_arrow_names_may_be_the_same_twice():
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    assert columns(twice) == {"a": [1.0], "a.1": [2.0]}


def test_a_large_arrow_table_is_sampled(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")
    found = event(pa.table({"a": range(100)}), np.arange(100))
    assert found["ml.features"]["a"] == found["ml.outputs"]["class"]
    assert found["ml.batch.weights"] == [10.0] * 10


@pytest.mark.parametrize("row", [pl.Series([1, 2]), pa.array([1, 2]), pa.chunked_array([[1], [2]])])
def test_an_unnamed_column_is_one_row(row):
    assert columns(row) == {"feature_0": [1.0], "feature_1": [2.0]}


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dok", "lil"])
@pytest.mark.parametrize("kind", [sp.coo_matrix, sp.coo_array])
def test_sparse_matrices_are_expanded(kind, form):
    table = kind(np.array([[0.0, 1.5], [2.5, 0.0]])).asformat(form)
    assert columns(table) == {"feature_0": [0.0, 2.5], "feature_1": [1.5, 0.0]}
    assert _guard.errors() == {}


def test_many_sparse_rows_are_sampled_to_the_cap():
    table = sp.random(10_000, 1000, density=0.001, format="csr", random_state=1)

    @monitor_model(name="m")
    def predict(features):
        return np.arange(10_000.0)

    with capture(spans=False) as telemetry:
        predict(table)
    assert sum(e["ml.batch.row_count"] for e in telemetry.events()) == 131
    assert sum(sum(e["ml.batch.weights"]) for e in telemetry.events()) == pytest.approx(10_000)


def test_a_sparse_matrix_of_too_many_columns_is_described():
    table = sp.csr_matrix((np.array([1.0, 2.0, 4.0]), ([0, 0, 1], [5, 90_000, 7])), shape=(2, 100_000))
    assert columns(table) == {"nonzero": [2.0, 1.0], "sum": [3.0, 4.0]}


def test_a_large_sparse_matrix_that_is_not_kept_by_rows_is_counted():
    table = sp.random(2000, 2000, density=0.3, format="csc", random_state=1)
    found = event(table, np.ones(2000))
    assert (found["ml.features"], sum(found.get("ml.batch.weights", [1.0] * 1000))) == ({}, 1000)


class TestMatrices:
    """XGBoost's and LightGBM's own."""

    rows = np.array([[1.0, 2.0], [3.0, 4.0]])

    @pytest.mark.parametrize("kind", ["DMatrix", "QuantileDMatrix"])
    def test_the_source_is_captured_in_the_place_of_a_dmatrix(self, kind):
        xgboost = pytest.importorskip("xgboost")
        matrix = getattr(xgboost, kind)(self.rows, feature_names=["a", "b"])
        assert columns(matrix) == {}, "nobody remembers what it was made of: its rows are counted"
        assert event(matrix)["ml.batch.row_count"] == 2
        source = self.rows.copy()
        _matrices.remember_source(matrix, source)
        assert columns(matrix) == {"a": [1.0, 3.0], "b": [2.0, 4.0]}
        frame = pd.DataFrame(source, columns=["c", "d"])
        _matrices.remember_source(matrix, frame)
        assert list(columns(matrix)) == ["c", "d"]
        del frame
        assert columns(matrix) == {}, "it was not kept alive"

    def test_a_source_that_cannot_be_remembered_is_not(self):
        xgboost = pytest.importorskip("xgboost")
        matrix = xgboost.DMatrix(self.rows)
        _matrices.remember_source(matrix, [[1.0, 2.0]])
        assert _matrices.source_of(matrix) is None

    def test_the_data_of_a_lightgbm_dataset(self):
        lightgbm = pytest.importorskip("lightgbm")
        many = np.arange(40.0).reshape(20, 2)
        dataset = lightgbm.Dataset(many, feature_name=["a", "b"], free_raw_data=False).construct()
        assert columns(dataset)["a"] == list(many[:, 0])
        freed = lightgbm.Dataset(many, params={"verbose": -1}).construct()
        assert columns(freed) == {}
        assert _guard.errors() == {}


@pytest.mark.torch
class TestTensors:
    """PyTorch's; skipped where it is not installed."""

    def test_tensors_on_the_cpu(self):
        torch = pytest.importorskip("torch")
        for kind in (torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool):
            table = torch.tensor([[0, 1], [1, 0]], dtype=kind)
            assert columns(table) == {"feature_0": [0.0, 1.0], "feature_1": [1.0, 0.0]}
            assert columns(table.T)["feature_0"] == [0.0, 1.0]
        assert columns(torch.ones(2, requires_grad=True)) == {"feature_0": [1.0], "feature_1": [1.0]}
        assert columns(torch.ones(2, 2, 2)) == {}

    def test_answers(self):
        torch = pytest.importorskip("torch")
        answer = torch.tensor([[0.2, 0.8]], requires_grad=True)
        assert event([1.0], answer, task_type="binary")["ml.outputs"] == {"score": [pytest.approx(0.8)]}
        assert event([1.0], torch.tensor(0.5))["ml.outputs"] == {"value": [0.5]}


class _Remote:
    """What a tensor on a device does, as far as it is asked: no machine of the tests has such a device."""

    class device:
        type = "cuda"

    def __init__(self, array, log):
        self.array, self.log = array, log
        self.ndim, self.shape, self.dtype = array.ndim, array.shape, array.dtype

    def detach(self):
        return self

    def clone(self):
        self.log.append("clone")
        return type(self)(self.array.copy(), self.log)

    def __getitem__(self, key):
        return type(self)(self.array[key], self.log)

    def __len__(self):
        return len(self.array)

    def reshape(self, *shape):
        return type(self)(self.array.reshape(*shape), self.log)

    def cpu(self):
        self.log.append("cpu")
        return self

    def numpy(self):
        return self.array


def test_a_tensor_on_a_device_is_fetched_in_the_background():
    log = []
    tensor = type("Tensor", (_Remote,), {"__module__": "torch"})

    @monitor_model(name="m", task_type="binary")
    def predict(features):
        return tensor(np.array([[0.2, 0.8]]), log)

    with capture() as telemetry:
        predict(tensor(np.array([1.0, 2.0]), log))
        assert log == ["clone", "clone"], "nothing waits for the device in the call"
        (found,) = telemetry.events()
    assert found["ml.features"] == {"feature_0": [1.0], "feature_1": [2.0]}
    assert found["ml.outputs"] == {"score": [0.8]}
    assert _guard.errors() == {}


def test_no_library_is_imported_by_capturing():
    program = (
        "import sys, model_monitoring._capture as c\n"
        "c.capture({'a': [1, 2], 'b': {'c': 1}}, c.Limits(10, 10**6))\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.split()
    assert not {"numpy", "pandas", "polars", "pyarrow", "pydantic", "scipy", "torch", "xgboost"}.intersection(loaded)
