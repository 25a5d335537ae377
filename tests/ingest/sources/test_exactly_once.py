"""A Collector that tries again puts spans together anew: each counts once, whatever it comes with."""

import random

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from model_monitoring_processor.ingest.body import TooLarge
from model_monitoring_processor.ingest.sources import mapping
from model_monitoring_processor.store import state_store
from model_monitoring_processor.types import ModelId
from tests.ingest import wire
from tests.ingest.sources.foreign import FLAT, LABELS, log, logs_request, sources, span, spans_request
from tests.ingest.stage import Stage
from tests.ingest.wire import NOW

HOUR = 3_600 * 10**9

LOGS = sources(
    log={
        "match": {"signal": "logs", "name": "prediction"},
        "model": {"constant": "fraud"},
        "features": {"map": "$body"},
    },
    label=LABELS | {"id": "id"},
)


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path / "state", sources=FLAT)
    yield made
    made.close()


def test_a_request_that_comes_again_changes_nothing(stage):
    body = spans_request(span(1), span(2))
    stage.send(body, "traces")
    before = stage.panes()
    stage.send(body, "traces")
    assert (stage.panes(), stage.rows()) == (before, 2)
    assert [counts["duplicate_rows"] for counts in stage.totals().values()] == [2]


def test_spans_that_come_again_in_other_company_count_once(stage):
    spans = [span(number, {"ml.model.name": f"m{number % 3}"}) for number in range(1, 61)]
    shuffled = random.Random(1)
    for _ in range(5):
        shuffled.shuffle(spans)
        for start in range(0, 60, 7):
            stage.send(spans_request(*spans[start : start + 7]), "traces")
    assert stage.rows() == 60
    totals = stage.totals().values()
    assert (sum(c["rows"] for c in totals), sum(c["duplicate_rows"] for c in totals)) == (60, 240)


def test_a_span_twice_in_one_request_counts_once(stage):
    stage.send(spans_request(span(1), span(2), span(1)), "traces")
    assert stage.rows() == 2


def test_what_was_counted_is_known_after_a_restart(tmp_path):
    body = spans_request(span(1), span(2))
    for _ in range(2):
        stage = Stage(tmp_path, sources=FLAT)
        stage.send(body, "traces")
        assert stage.rows() == 2
        stage.close()


def test_a_commit_that_fails_leaves_the_rows_unknown(stage, monkeypatch):
    commit = stage.folder.state.commit
    monkeypatch.setattr(stage.folder.state, "commit", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stage.send(spans_request(span(1)), "traces")
    monkeypatch.setattr(stage.folder.state, "commit", commit)
    stage.send(spans_request(span(1), span(2)), "traces")
    assert stage.rows() == 2


def test_log_records_of_one_span_are_told_apart_by_what_they_say(tmp_path):
    stage = Stage(tmp_path, sources=LOGS)
    records = [log({}, body={"age": age}, trace=b"t" * 16) for age in (30.0, 31.0)]
    stage.send(logs_request(*records))
    stage.send(logs_request(records[1]))
    assert stage.rows() == 2
    stage.close()


def test_ids_of_rows_are_forgotten_after_a_week_and_beyond_a_number(stage, monkeypatch):
    stage.send(spans_request(span(1)), "traces")
    assert len(known(stage)) == 1
    stage.clock.now += 8 * 24 * 3_600 * 10**9
    stage.send(spans_request(span(2), span(3)), "traces")
    assert len(known(stage)) == 2
    monkeypatch.setattr(state_store, "MAX_KNOWN_ROWS", 1)
    stage.clock.now += 3_600 * 10**9
    stage.send(spans_request(span(4)), "traces")
    assert len(known(stage)) == 1


def known(stage):
    return stage.folder.state._reader.execute("SELECT id FROM known_rows").fetchall()


def test_what_is_refused_and_ignored_is_told_and_counted(stage):
    stage.send(spans_request(span(1), span(2, {"ml.prediction.id": "i" * 300})), "traces")
    stage.send(spans_request(span(3), scope="model_monitoring"), "traces")
    assert stage.counted["ml.processor.rows.rejected", "", "fraud", "", "ids"] == 1
    assert stage.counted["ml.processor.records.ignored", "own_scope", "traces"] == 1


def test_rows_of_many_intervals_count_once_slice_by_slice(stage):
    spans = [span(number, time=NOW - number * HOUR) for number in range(1, 60)]
    for _ in range(2):
        stage.send(spans_request(*spans), "traces")
    assert stage.rows() == 59
    assert stage.totals()["fraud", "", ""] == {"rows": 59, "duplicate_rows": 59}


def test_rows_of_a_model_beyond_the_bound_are_refused_and_the_sender_is_told(stage, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    stage.send(spans_request(span(1)), "traces")
    accepted = stage.submit(spans_request(span(2), span(3, {"ml.model.name": "other"})), "traces")
    accepted.stored.result(10)
    told = ExportTraceServiceResponse.FromString(accepted.reply).partial_success
    assert told.rejected_spans == 1
    assert "too_many_models" in told.error_message
    assert stage.counted == {("ml.processor.rows.rejected", "", "other", "", "too_many_models"): 1}
    assert stage.rows() == 2


def test_a_model_of_foreign_rows_keeps_its_place_over_a_restart(tmp_path, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    stage = Stage(tmp_path, sources=FLAT)
    stage.send(spans_request(span(1)), "traces")
    stage.close()
    stage = Stage(tmp_path, sources=FLAT)
    stage.send(wire.label_request([1], keys=["any"], batch_id="first"))
    # The first commit of an hour forgets what is old.
    stage.clock.now += HOUR
    stage.send(wire.label_request([1], keys=["any"]))
    assert not stage.folder.state.accepts(ModelId("other"))
    stage.close()


def test_a_request_of_too_many_spans_is_refused_before_it_is_parsed(stage, monkeypatch):
    monkeypatch.setattr(mapping, "ExportTraceServiceRequest", None)
    with pytest.raises(TooLarge):
        stage.send(spans_request(*[Span()] * 100_001), "traces")
