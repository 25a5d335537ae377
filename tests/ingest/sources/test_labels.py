"""What came true, from somebody else's log records, by prediction id or by trace."""

import numpy as np
import pytest

from tests.ingest import wire
from tests.ingest.sources.foreign import LABELS, log, logs_request, read_logs, reasons_of, sources, span, spans_request
from tests.ingest.sources.foreign import trace_id as trace
from tests.ingest.stage import Stage

OF = sources(flat={"preset": "flat"}, label=LABELS | {"trace_id": "$trace"})
BY_ID = sources(flat={"preset": "flat"}, label=LABELS | {"id": "prediction"})


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path / "state", sources=OF)
    yield made
    made.close()


def outcome(number, value="1"):
    return logs_request(log({"outcome": value}, event="outcome", trace=trace(number)))


def wire_label(number, value=1.0, **more):
    packed = trace(number)
    return wire.label_request(
        [value], keys=[wire.ids(1)[0]], ml__prediction__ids=None, ml__prediction__trace_ids=packed, **more
    )


def test_a_label_finds_its_prediction_by_id(tmp_path):
    stage = Stage(tmp_path, sources=BY_ID)
    stage.send(spans_request(span(1, {"ml.prediction.id": "order-7"})), "traces")
    stage.send(logs_request(log({"outcome": True, "prediction": "order-7"}, event="outcome")))
    assert stage.part("outcomes") == [1, 0, 0, 0, 0, 1]
    stage.close()


def test_a_label_finds_its_prediction_by_trace(stage):
    stage.send(spans_request(span(1), span(2)), "traces")
    stage.send(outcome(2))
    assert stage.part("outcomes") == [1, 0, 0, 0, 0, 1]


def test_a_label_that_is_early_waits_for_its_trace(stage):
    stage.send(outcome(1))
    assert stage.folder.state.pending_count == 1
    stage.send(spans_request(span(1)), "traces")
    assert stage.part("outcomes") == [1, 0, 0, 0, 0, 1]
    assert stage.folder.state.pending_count == 0


def test_a_label_of_our_own_wire_may_name_a_trace(stage):
    stage.send(wire_label(1, ml__model__name="fraud"))
    stage.send(spans_request(span(1)), "traces")
    stage.send(wire_label(1, ml__model__name="fraud", batch_id="again"))
    assert stage.part("outcomes") == [1, 0, 0, 0, 0, 1]
    assert stage.totals()["fraud", "", ""]["duplicate"] == 1


def test_predictions_of_our_own_wire_are_found_by_trace(stage):
    contexts = b"".join(trace(number) + b"12345678" for number in (1, 2, 2))
    stage.send(wire.predictions(ml__batch__span_contexts=contexts))
    stage.send(outcome(1, "0"))
    assert stage.part("outcomes") == [1, 1, 0, 0, 1, 0]


def test_a_trace_of_several_predictions_says_none_of_them(stage):
    contexts = b"".join(trace(2) + b"12345678" for _ in range(3))
    stage.send(wire.predictions(ml__batch__span_contexts=contexts))
    stage.send(outcome(2))
    assert stage.part("outcomes") is None
    assert stage.totals()["", "", ""] == {"labels": 1, "ambiguous_trace": 1}


def test_a_label_for_a_trace_of_several_predictions_waits_in_vain(stage):
    stage.send(outcome(2))
    stage.send(wire.predictions(ml__batch__span_contexts=b"".join(trace(2) + b"12345678" for _ in range(3))))
    assert (stage.part("outcomes"), stage.folder.state.pending_count) == (None, 1)


def test_the_label_comes_with_its_prediction_in_one_commit(stage):
    by_trace = log({"outcome": "0"}, event="outcome", trace=trace(1))
    stage.send(spans_request(span(1)), "traces")
    stage.send(logs_request(by_trace, by_trace, log({"outcome": "1"}, event="outcome", trace=trace(1))))
    assert stage.part("outcomes") == [1, 1, 0, 0, 1, 0]
    assert stage.totals()["", "", ""] == {"labels": 3, "joined": 1, "duplicate": 1, "conflicting": 1}


def test_ids_and_traces_together_are_refused(stage):
    stage.send(wire.label_request([1.0], keys=wire.ids(1), ml__prediction__trace_ids=trace(1)))
    assert stage.counted["ml.processor.labels.rejected", "", "churn", "ids"] == 1


@pytest.mark.parametrize(("value", "text"), [(True, "1"), (1, "1"), (1.0, "1"), ("yes", "yes"), (0.5, "0.5")])
def test_the_outcome_has_its_canonical_form(value, text):
    (batch,) = read_logs(log({"outcome": value, "prediction": "a"}, event="outcome"), of=BY_ID).batches
    assert batch.labels == (text,)
    assert batch.times.tolist() == [wire.NOW]


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"prediction": "a"}, "label"),
        ({"outcome": np.nan, "prediction": "a"}, "label"),
        ({"outcome": 1}, "ids"),
        ({"outcome": 1, "prediction": 1.5}, "ids"),
    ],
)
def test_a_label_without_value_or_prediction_is_refused(attributes, reason):
    assert reasons_of(read_logs(log(attributes, event="outcome"), of=BY_ID)) == {reason: 1}


@pytest.mark.parametrize(("value", "refused"), [("0" * 31 + "1", {}), ("0" * 32, {"ids": 1}), ("xy", {"ids": 1})])
def test_a_trace_may_stand_in_an_attribute(value, refused):
    of = sources(label=LABELS | {"trace_id": "of"})
    mapped = read_logs(log({"outcome": 1, "of": value}, event="outcome"), of=of)
    assert reasons_of(mapped) == refused
    assert [batch.traces.tobytes() for batch in mapped.batches] == ([] if refused else [trace(1)])


def of_models(*models):
    """Predictions of several models in one trace."""
    contexts = trace(1) + b"12345678"
    for number, model in enumerate(models):
        own = {"ml__model__name": model, "ml__batch__span_contexts": contexts}
        yield wire.predictions({"x": [1.0]}, keys=wire.ids(1, number), batch_id=str(number), **own)


@pytest.mark.parametrize("early", [True, False])
def test_a_label_by_trace_is_for_the_model_that_it_names(stage, early):
    bodies = [
        *of_models("fraud", "churn"),
        wire_label(1, ml__model__name="churn"),
        wire_label(1, ml__model__name="fraud"),
    ]
    for serial, body in enumerate(reversed(bodies) if early else bodies):
        stage.send(body)
        assert serial < 3 or stage.part("outcomes") == [2, 0, 0, 0, 0, 2]


def test_a_label_that_names_no_model_is_for_a_trace_of_one_prediction(stage):
    for body in of_models("fraud", "churn"):
        stage.send(body)
    stage.send(outcome(1))
    assert stage.totals()["", "", ""] == {"labels": 1, "ambiguous_trace": 1}


def test_a_trace_of_zeros_names_nothing(stage):
    stage.send(wire_label(0))
    assert stage.counted["ml.processor.labels.rejected", "", "churn", "ids"] == 1
