"""Labels by prediction id or by the trace in which the prediction was made."""

import numpy as np
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from model_monitoring import monitor_model, record_label, record_labels
from model_monitoring.testing import capture

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def telemetry():
    with capture() as caught:
        yield caught


def dropped(telemetry):
    return {point["reason"]: point["value"] for point in telemetry.metrics().get("ml.sdk.labels.dropped", [])}


def test_a_label_names_its_trace_in_place_of_an_id(telemetry):
    record_label(trace_id=TRACE.upper(), label=True, model="churn", time=5)
    (event,) = telemetry.events()
    assert event["ml.prediction.trace_ids"] == [TRACE]
    assert "ml.prediction.ids" not in event
    assert (event["ml.labels"], event["ml.model.name"], event["ml.batch.timestamps"]) == ([1.0], "churn", [5.0])
    assert telemetry.records()[0].attributes["ml.prediction.trace_ids"] == bytes.fromhex(TRACE)


def test_labels_by_trace_and_by_id_travel_apart(telemetry):
    record_labels(["a", "b"], [0, 1])
    record_labels(trace_ids=[TRACE, "1" * 32], labels=np.array([0, 1]))
    by_id, by_trace = telemetry.events()
    assert by_id["ml.prediction.ids"] == ["a", "b"]
    assert by_trace["ml.prediction.trace_ids"] == [TRACE, "1" * 32]


@pytest.mark.parametrize("trace_id", ["", "0" * 32, TRACE[:-1], TRACE + "0", "x" * 32, None, 7])
def test_what_cannot_be_a_trace_id_is_dropped_and_counted(telemetry, trace_id):
    record_labels(trace_ids=[trace_id], labels=[1])
    assert telemetry.events() == []
    assert dropped(telemetry) == {"missing": 1}


def test_a_row_has_its_trace_id_even_where_the_trace_is_not_sampled():
    """Or labels by trace would find the sampled share of the predictions only."""
    tracer = TracerProvider(sampler=ALWAYS_OFF).get_tracer("app")
    with capture() as telemetry:
        telemetry.runtime.tracer = tracer

        @monitor_model(name="m")
        def predict(row):
            return 0.5

        predict([1.0])
    (context,) = telemetry.events()[0]["ml.batch.span_contexts"]
    assert context[:32].strip("0")
    assert context[32:] == "0" * 16
