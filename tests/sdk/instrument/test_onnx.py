"""ONNX Runtime: sessions."""

import numpy as np
import onnxruntime
import pytest
from inline_snapshot import snapshot
from onnx import TensorProto, helper
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

from model_monitoring.instrument import OnnxInstrumentor


@pytest.fixture(autouse=True)
def instrumented():
    OnnxInstrumentor().instrument()


def write(path, nodes, inputs, outputs):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, kind, [None, None]) for name, kind in inputs],
        [helper.make_tensor_value_info(name, kind, None) for name, kind in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return str(path)


@pytest.fixture
def doubling(tmp_path):
    """A model that adds its one input of two columns to itself."""
    nodes = [helper.make_node("Add", ["X", "X"], ["Y"])]
    return write(tmp_path / "churn.onnx", nodes, [("X", TensorProto.FLOAT)], [("Y", TensorProto.FLOAT)])


def test_a_session_is_called_after_its_file(telemetry, doubling):
    onnxruntime.InferenceSession(doubling).run(None, {"X": np.array([[1, 2]], "float32")})
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
                "ml.features": {"feature_0": [1.0], "feature_1": [2.0]},
                "ml.outputs": {"value.0": [2.0], "value.1": [4.0]},
                "ml.feature.schema_hash": "9854a2d319b526a2",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.framework.name": "onnxruntime",
                "ml.operation.name": "run",
                "ml.model.name": "churn",
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
                    "ml.feature.feature_0": 1.0,
                    "ml.feature.feature_1": 2.0,
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.framework.name": "onnxruntime",
                    "ml.operation.name": "run",
                    "ml.model.name": "churn",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "churn",
                    "ml.operation.name": "run",
                    "ml.framework.name": "onnxruntime",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {"ml.model.name": "churn", "ml.operation.name": "run", "ml.framework.name": "onnxruntime", "value": 1}
            ],
            "ml.sdk.rows.captured": [{"ml.model.name": "churn", "value": 1}],
        }
    )


def test_several_inputs_are_the_features_by_name(telemetry, tmp_path):
    nodes = [helper.make_node("Add", ["age", "tenure"], ["Y"])]
    path = write(
        tmp_path / "sum.onnx",
        nodes,
        [("age", TensorProto.FLOAT), ("tenure", TensorProto.FLOAT)],
        [("Y", TensorProto.FLOAT)],
    )
    session = onnxruntime.InferenceSession(path)
    session.run(None, {"age": np.array([[1], [2]], "float32"), "tenure": np.array([[3], [4]], "float32")})
    (event,) = telemetry.events()
    assert event["ml.features"] == {"age": [1.0, 2.0], "tenure": [3.0, 4.0]}
    assert event["ml.outputs"] == {"value": [4.0, 6.0]}


def test_text_among_them_is_a_category(telemetry, tmp_path):
    nodes = [helper.make_node("Identity", ["plan"], ["P"]), helper.make_node("Identity", ["age"], ["Y"])]
    inputs = [("plan", TensorProto.STRING), ("age", TensorProto.FLOAT)]
    path = write(tmp_path / "plan.onnx", nodes, inputs, [("P", TensorProto.STRING), ("Y", TensorProto.FLOAT)])
    session = onnxruntime.InferenceSession(path)
    session.run(["Y"], {"age": np.array([[1], [2]], "float32"), "plan": np.array([["a"], ["b"]])})
    (event,) = telemetry.events()
    assert event["ml.features"] == {"age": [1.0, 2.0], "plan": ["a", "b"]}


def test_a_converted_classifier_answers_class_and_score(telemetry, table):
    skl2onnx = pytest.importorskip("skl2onnx")
    from sklearn.linear_model import LogisticRegression

    rows = table[0].astype("float32")
    model = skl2onnx.to_onnx(LogisticRegression().fit(rows, table[1]), rows[:1])
    labels, probabilities = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"X": rows[:2]})
    (event,) = telemetry.events()
    assert event["ml.outputs"] == {"class": labels.tolist(), "score": [row[1] for row in probabilities]}
    assert event["ml.model.name"] == "InferenceSession"


def test_a_wrong_call_gets_the_sessions_own_answer(telemetry, doubling):
    session = onnxruntime.InferenceSession(doubling)
    with pytest.raises(InvalidArgument):
        session.run(["Z"], {"X": np.ones((1, 2), "float32")})
    with pytest.raises(TypeError):
        session.run(None)
    assert telemetry.events() == []


def test_predictions_are_bit_equal(doubling):
    session, rows = onnxruntime.InferenceSession(doubling), np.ones((4, 2), "float32")
    (with_us,) = session.run(None, {"X": rows})
    OnnxInstrumentor().uninstrument()
    assert session.run(None, {"X": rows})[0].tobytes() == with_us.tobytes()
