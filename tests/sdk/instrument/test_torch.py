"""PyTorch: which calls of which modules count, and that compilers see what they saw before."""

import pytest
from inline_snapshot import snapshot

from model_monitoring.instrument import TorchInstrumentor

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated:DeprecationWarning"),
]


class Ranker(torch.nn.Module):
    """Sums its features, through a module inside a module."""

    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(2, 1, bias=False))
        torch.nn.init.ones_(self.inner[0].weight)

    def forward(self, rows):
        return self.inner(rows)


ROWS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


@pytest.fixture(autouse=True)
def instrumented():
    TorchInstrumentor().instrument()


@pytest.fixture
def model():
    return Ranker().eval()


def seen(telemetry):
    return [(event["ml.model.name"], event["ml.batch.row_count"]) for event in telemetry.events()]


def test_the_outermost_call_in_evaluation_mode_without_gradients_counts(telemetry, model):
    with torch.no_grad():
        model(ROWS[:1])
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
                "ml.outputs": {"value": [3.0]},
                "ml.feature.schema_hash": "9854a2d319b526a2",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.framework.name": "torch",
                "ml.operation.name": "forward",
                "ml.model.name": "Ranker",
            }
        ]
    )
    assert telemetry.spans() == snapshot(
        [
            {
                "name": "predict Ranker",
                "kind": "INTERNAL",
                "status": "UNSET",
                "id": 2,
                "parent": None,
                "attributes": {
                    "ml.feature.feature_0": 1.0,
                    "ml.feature.feature_1": 2.0,
                    "ml.prediction.value": 3.0,
                    "ml.prediction.id": "018bcfe5-6800-726b-b2a7-4de452e6b438",
                    "ml.batch.row_count": 1,
                    "ml.framework.name": "torch",
                    "ml.operation.name": "forward",
                    "ml.model.name": "Ranker",
                },
            }
        ]
    )
    assert telemetry.metrics() == snapshot(
        {
            "ml.inference.duration": [
                {
                    "ml.model.name": "Ranker",
                    "ml.operation.name": "forward",
                    "ml.framework.name": "torch",
                    "count": 1,
                    "sum": 0.001,
                }
            ],
            "ml.inference.rows": [
                {"ml.model.name": "Ranker", "ml.operation.name": "forward", "ml.framework.name": "torch", "value": 1}
            ],
            "ml.sdk.rows.captured": [{"ml.model.name": "Ranker", "value": 1}],
        }
    )


def test_training_and_evaluation_with_gradients_do_not(telemetry, model):
    model(ROWS)
    model.train()
    model(ROWS)
    with torch.no_grad():
        model(ROWS)
    assert seen(telemetry) == []


def test_a_frozen_part_of_a_module_in_training_does_not_either(telemetry, model):
    model.train().inner.eval()
    with torch.no_grad():
        model(ROWS)
    assert seen(telemetry) == []


def test_named_classes_count_in_any_mode_and_no_others(telemetry, model):
    TorchInstrumentor().uninstrument()
    TorchInstrumentor().instrument(classes=["Sequential"])
    model(ROWS)
    assert seen(telemetry) == [("Sequential", 2)]


def test_the_environment_names_them_too(telemetry, model, monkeypatch):
    TorchInstrumentor().uninstrument()
    monkeypatch.setenv("MODEL_MONITORING_TORCH_CLASSES", "Other, Linear")
    TorchInstrumentor().instrument()
    with torch.no_grad():
        model(ROWS)
    assert seen(telemetry) == [("Linear", 2)]


def test_a_whole_graph_compiles_and_counts_once_a_call(telemetry, model):
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    with torch.inference_mode():
        expected = model.inner(ROWS)
        for _ in range(3):
            assert torch.equal(compiled(ROWS), expected)
    assert seen(telemetry) == [("Sequential", 2), ("Ranker", 6)]


def test_a_module_inside_a_compiled_function_compiles_too(telemetry, model):
    @torch.compile(fullgraph=True, backend="eager")
    def score(rows):
        return model(rows) * 2

    with torch.no_grad():
        assert torch.equal(score(ROWS), torch.tensor([[6.0], [14.0]]))


def test_scripts_traces_exports_and_symbolic_traces_are_made_and_run(telemetry, model):
    scripted, traced = torch.jit.script(model), torch.jit.trace(model, ROWS)
    exported = torch.export.export(model, (ROWS,)).module()
    torch.fx.symbolic_trace(model)
    assert seen(telemetry) == []
    with torch.no_grad():
        assert torch.equal(scripted(ROWS), model.inner(ROWS))
        assert torch.equal(traced(ROWS), scripted(ROWS))
        assert torch.equal(exported(ROWS), scripted(ROWS))
    assert len(seen(telemetry)) >= 3


def test_predictions_are_bit_equal(model):
    with torch.no_grad():
        with_us = model(ROWS)
        TorchInstrumentor().uninstrument()
        assert torch.equal(model(ROWS), with_us)


def test_uninstrumenting_puts_the_very_same_function_back():
    TorchInstrumentor().uninstrument()
    before = torch.nn.Module.__call__
    TorchInstrumentor().instrument()
    assert torch.nn.Module.__call__ is not before
    TorchInstrumentor().uninstrument()
    assert torch.nn.Module.__call__ is before
