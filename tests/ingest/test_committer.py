"""What is acknowledged is on disk, counted once, and one batch's trouble is not another's."""

import sqlite3
import threading

import numpy as np
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from model_monitoring_processor.errors import Overloaded
from model_monitoring_processor.ingest import Committer, decode_logs, group_writer, label_join, pane_cache
from model_monitoring_processor.store import state_store
from model_monitoring_processor.types import ModelId
from model_monitoring_processor.windows import PaneKey
from tests.ingest import wire
from tests.ingest.stage import Gate, Stage
from tests.ingest.wire import NOW

MODEL = ModelId("churn", "3")
ANY_VERSION = ModelId("churn")
HOUR = 3_600 * 10**9


def scores(*values, **more):
    return wire.predictions({}, {"score": list(values)}, rows=len(values), **more)


# --- counted once -----------------------------------------------------------------------------------------------


def test_rows_go_to_the_pane_of_their_time(stage):
    stage.send(scores(0.1, 0.2, 0.3, times=[NOW, NOW, NOW - HOUR]))
    starts = {key.start: pane for (key, _), pane in stage.panes().items()}
    assert sorted(starts) == [(NOW - HOUR) // 10**9 // 300 * 300, NOW // 10**9 // 300 * 300]
    assert stage.rows() == 3


def test_an_unknown_model_is_discovered(stage):
    stage.send(wire.predictions(ml__model__name="new", ml__model__version=None))
    assert [seen.model for seen in stage.folder.state.models()] == [ModelId("new")]


def test_a_batch_that_comes_twice_counts_once(stage):
    for _ in range(2):
        stage.send(scores(0.1, 0.2))
    stage.send(wire.request(*[wire.record("ml.prediction.batch", wire.prediction(batch_id="b"))] * 2))
    assert stage.rows() == 2 + 3
    assert stage.totals() == {MODEL: {"rows": 5, "duplicate_rows": 5}}


def test_a_batch_that_comes_again_after_a_restart_counts_once(tmp_path):
    for _ in range(2):
        stage = Stage(tmp_path)
        stage.send(scores(0.1, 0.2))
        assert stage.rows() == 2
        stage.close()


def test_the_same_id_from_another_model_is_another_batch(stage):
    stage.send(scores(0.1))
    stage.send(scores(0.1, ml__model__name="other"))
    assert stage.rows() == 2


def test_the_summary_says_what_was_touched_and_how_new_it_is(stage):
    stage.send(scores(0.1, 0.2, times=[NOW, NOW - HOUR]))
    (summary,) = stage.summaries
    assert sorted(key.start for key in summary.touched) == sorted(key.start for key, _ in stage.panes())
    assert summary.models[MODEL].newest_event == NOW
    assert [seq for _, seq in stage.folder.state.changed_panes(0)] == [summary.number] * 2


def test_nan_and_infinities_are_data(stage):
    stage.send(wire.predictions({"age": [float("nan"), float("inf"), -float("inf")]}, {"score": [float("nan")] * 3}))
    assert stage.rows() == 3


# --- labels meet their predictions ------------------------------------------------------------------------------

LABELLED, CORRECT, TP, FP, TN, FN = range(6)


@pytest.mark.parametrize("order", ["labels last", "labels first", "one request"])
def test_labels_and_predictions_meet_in_any_order(stage, order):
    keys = ["a", "b", "c", "d"]
    predictions = wire.record(
        "ml.prediction.batch", wire.prediction({}, {"score": [0.9, 0.1, 0.7, 0.2]}, rows=4, keys=keys)
    )
    labels = wire.record("ml.label.batch", wire.labels([1, 0, 0, 1], keys=keys))
    requests = {
        "labels last": [[predictions], [labels]],
        "labels first": [[labels], [predictions]],
        "one request": [[labels, predictions]],
    }
    for records in requests[order]:
        stage.send(wire.request(*records))
    assert stage.part("outcomes") == [4, 2, 1, 1, 1, 1]
    assert stage.folder.state.pending_count == 0


def test_an_outcome_counts_in_the_pane_and_for_the_version_of_its_prediction(stage):
    stage.send(scores(0.9, keys=["a"], times=[NOW - 5 * HOUR], ml__model__version="7"))
    stage.send(wire.label_request([1], keys=["a"], ml__model__name=None))
    ((key, _),) = stage.panes()
    assert key.model == ModelId("churn", "7")
    assert key.start == (NOW - 5 * HOUR) // 10**9 // 300 * 300
    assert stage.part("outcomes")[CORRECT] == 1
    assert stage.summaries[-1].touched == {key}


@pytest.mark.parametrize(
    ("outputs", "label", "correct"),
    [
        ({"score": [0.5]}, 1, 1),
        ({"score": [0.49]}, 0, 1),
        ({"score": [0.9], "class": ["0"]}, 0, 1),
        ({"class": ["True"]}, 1, 1),
        ({"class": [1.0]}, 1, 1),
        ({"class": ["setosa"]}, "setosa", 1),
        ({"class": ["setosa"]}, "virginica", 0),
    ],
)
def test_the_class_given_decides_else_the_score(stage, outputs, label, correct):
    stage.send(wire.predictions({}, outputs, rows=1, keys=["a"]))
    stage.send(wire.label_request([label], keys=["a"]))
    assert stage.part("outcomes")[:2] == [1, correct]


@pytest.mark.parametrize("outputs", [{"score": [float("nan")]}, {"value": [3.5]}, {"class": [None]}, {}])
def test_a_prediction_without_score_or_class_keeps_its_label_and_has_no_outcome_yet(stage, outputs):
    stage.send(wire.predictions({}, outputs, rows=1, keys=["a"]))
    stage.send(wire.label_request([1], keys=["a"]))
    stage.send(wire.label_request([1], keys=["a"], batch_id="again"))
    assert stage.part("outcomes") is None
    assert stage.totals()[ANY_VERSION] == {"labels": 2, "joined": 1, "duplicate": 1}


def test_a_second_label_changes_nothing_and_is_counted(stage):
    stage.send(scores(0.9, 0.9, keys=["a", "b"]))
    stage.send(wire.label_request([1, 1, 0], keys=["a", "a", "a"], batch_id="1"))
    stage.send(wire.label_request([1, 0], keys=["a", "b"], batch_id="2"))
    assert stage.part("outcomes")[LABELLED] == 2
    assert stage.totals()[ANY_VERSION] == {"labels": 5, "joined": 2, "duplicate": 2, "conflicting": 1}


def test_a_second_label_that_waits_changes_nothing_and_is_counted(stage):
    stage.send(wire.label_request([1, 1, 0], keys=["a", "a", "a"], batch_id="1"))
    stage.send(wire.label_request([1, 0], keys=["a", "a"], batch_id="2"))
    stage.send(scores(0.9, keys=["a"]))
    assert stage.part("outcomes") == [1, 1, 1, 0, 0, 0]
    assert stage.totals()[ANY_VERSION] == {"labels": 5, "pending": 1, "duplicate": 2, "conflicting": 2}
    assert stage.totals()[MODEL] == {"rows": 1, "late_joined": 1}


def test_a_label_batch_that_comes_twice_counts_once(stage):
    stage.send(scores(0.9, keys=["a"]))
    for _ in range(2):
        stage.send(wire.label_request([1], keys=["a"]))
    assert stage.part("outcomes")[LABELLED] == 1
    assert stage.totals()[ANY_VERSION] == {"labels": 1, "joined": 1, "duplicate_labels": 1}


def test_waiting_labels_are_bounded(stage, monkeypatch):
    monkeypatch.setattr(label_join, "MAX_PENDING", 3)
    stage.send(wire.label_request([1, 1], keys=["a", "b"], batch_id="1"))
    stage.send(wire.label_request([1, 1], keys=["c", "d"], batch_id="2"))
    assert stage.totals()[ANY_VERSION] == {"labels": 4, "pending": 3, "pending_full": 1}


def test_a_label_waits_for_a_week(stage):
    stage.send(wire.label_request([1], keys=["a"]))
    stage.clock.now += 7 * 24 * HOUR
    stage.send(scores(0.9, keys=["b"], times=[stage.clock.now], batch_id="x"))
    assert stage.folder.state.pending_count == 1
    stage.clock.now += HOUR
    stage.send(scores(0.9, keys=["c"], times=[stage.clock.now], batch_id="y"))
    assert stage.folder.state.pending_count == 0
    assert stage.summaries[-1].pending_expired == 1


def test_a_row_that_two_batches_bring_takes_its_waiting_label_once(stage):
    stage.send(wire.label_request([1, 1], keys=["a", "b"]))
    twice = [
        wire.record("ml.prediction.batch", wire.prediction({}, {"score": [0.9]}, rows=1, keys=["a"], batch_id=name))
        for name in "xy"
    ]
    stage.send(wire.request(*twice))
    assert stage.part("outcomes")[LABELLED] == 1
    assert stage.folder.state.pending_count == 1


def test_predictions_wait_for_labels_for_a_week_and_their_files_are_removed(stage):
    stage.send(scores(0.9, keys=["a"]))
    files = stage.folder.path / "predictions"
    (old,) = files.glob("*.db")
    stage.clock.now += 8 * 24 * HOUR
    stage.send(scores(0.9, keys=["b"], times=[stage.clock.now], batch_id="later"))
    for thread in threading.enumerate():
        if thread.name == "unlink":
            thread.join(10)
    assert not old.exists()
    assert len(list(files.glob("*.db"))) == 1


@pytest.mark.parametrize("days", [8, -8])
def test_a_clock_that_is_wrong_for_a_while_makes_nothing_expire(stage, days):
    stage.send(scores(0.9, keys=["a"], batch_id="1"))
    stage.send(wire.label_request([1], keys=["waits"], batch_id="2"))
    stage.clock.now += 5 * HOUR
    for wrong_by in (days * 24 * HOUR, 0):
        stage.clock.wrong_by = wrong_by
        stage.send(scores(0.1, times=[NOW - 10 * 24 * HOUR], batch_id=f"meanwhile {wrong_by}"))
    stage.clock.now += HOUR
    stage.send(scores(0.9, keys=["a"], batch_id="1"))
    stage.send(wire.label_request([1], keys=["a"], batch_id="3"))
    assert stage.rows() == 3
    assert stage.part("outcomes")[LABELLED] == 1
    assert stage.folder.state.pending_count == 1


# --- trouble ----------------------------------------------------------------------------------------------------


def fail_once(monkeypatch, target, name, error, *, after=False):
    """Let the next call of a method fail, before or after it has done its work."""
    real = getattr(target, name)

    def failing(*args):
        monkeypatch.setattr(target, name, real)
        if after:
            real(*args)
        raise error

    monkeypatch.setattr(target, name, failing)


DISK_FULL = sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("step", ["add", "flush", "commit"])
def test_what_the_disk_refused_may_be_sent_again_and_counts_once(stage, monkeypatch, step):
    stage.send(scores(0.9, 0.2, keys=["a", "b"], batch_id="before"))
    stage.send(wire.label_request([1], keys=["c"], batch_id="waits"))
    body = wire.request(
        wire.record("ml.prediction.batch", wire.prediction({}, {"score": [0.7]}, rows=1, keys=["c"])),
        wire.record("ml.label.batch", wire.labels([1, 0], keys=["a", "b"])),
    )
    target = stage.folder.state if step == "commit" else stage.folder.predictions
    fail_once(monkeypatch, target, step, DISK_FULL, after=step == "flush")
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        stage.send(body)
    assert stage.rows() == 2
    assert stage.part("outcomes") is None
    stage.send(body)
    assert stage.rows() == 3
    assert stage.part("outcomes") == [3, 3, 2, 0, 1, 0]
    assert stage.folder.state.pending_count == 0


def test_a_label_of_a_failed_commit_is_counted_when_another_batch_brings_it(stage, monkeypatch):
    stage.send(scores(0.9, keys=["a"]))
    fail_once(monkeypatch, stage.folder.state, "commit", DISK_FULL)
    with pytest.raises(sqlite3.OperationalError):
        stage.send(wire.label_request([1], keys=["a"], batch_id="lost"))
    stage.send(wire.label_request([1], keys=["a"], batch_id="another"))
    stage.send(wire.label_request([1], keys=["a"], batch_id="lost"))
    assert stage.part("outcomes")[LABELLED] == 1
    assert stage.totals()[ANY_VERSION] == {"labels": 2, "joined": 1, "duplicate": 1}


@pytest.mark.parametrize("killed", [False, True])
def test_a_redelivery_in_another_hour_finds_its_row_and_its_label_counts_once(tmp_path, monkeypatch, killed):
    stage = Stage(tmp_path)
    body = scores(0.9, keys=["loan-1"], batch_id="refused")
    fail_once(monkeypatch, stage.folder.state, "commit", DISK_FULL)
    with pytest.raises(sqlite3.OperationalError):
        stage.send(body)
    if killed:
        stage.close()
        stage = Stage(tmp_path)
    stage.clock.now += HOUR
    stage.send(wire.label_request([1], keys=["loan-1"], batch_id="first"))
    stage.send(body)
    stage.send(wire.label_request([1], keys=["loan-1"], batch_id="second"))
    assert stage.rows() == 1
    assert stage.part("outcomes")[LABELLED] == 1
    stage.close()


def test_a_label_of_a_row_that_sampling_left_out_does_not_wait(stage):
    taken, left_out = wire.ids(2)
    stage.send(scores(0.9, keys=[taken]))
    stage.clock.now += 25 * HOUR
    stage.send(wire.label_request([1, 1], keys=[taken, left_out]))
    assert stage.totals()[ANY_VERSION] == {"labels": 2, "joined": 1, "no_prediction": 1}
    assert stage.folder.state.pending_count == 0


def test_one_poisonous_batch_does_not_harm_those_beside_it(stage, monkeypatch):
    real = group_writer.add_predictions

    def add(batch, *args):
        if batch.batch_id == "poison":
            raise ValueError("no pane can hold this")
        return real(batch, *args)

    monkeypatch.setattr(group_writer, "add_predictions", add)
    gate = Gate(stage, monkeypatch)
    first = stage.submit(scores(0.1, batch_id="first")).stored
    assert gate.reached.wait(10)
    names = ["a", "poison", "b"]
    waiting = {name: stage.submit(scores(0.1, keys=[name], batch_id=name)).stored for name in names}
    gate.open()
    first.result(10)
    assert isinstance(waiting["poison"].exception(10), ValueError)
    waiting["a"].result(10)
    waiting["b"].result(10)
    assert stage.rows() == 3


def test_a_listener_that_fails_does_not_undo_a_commit(tmp_path):
    stage = Stage(tmp_path)
    stage.summaries = None
    committer = Committer(stage.folder, on_commit=lambda _: 1 / 0, clock=stage.clock)
    for name in "ab":
        committer.submit(decode_logs(scores(0.1, batch_id=name), NOW).batches, 1).result(10)
    committer.close()
    assert stage.rows() == 2
    stage.close()


def test_rows_of_a_model_beyond_the_bound_are_refused_and_the_sender_is_told(stage, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    stage.send(scores(0.1))
    accepted = stage.submit(scores(0.1, 0.2, ml__model__name="other"))
    told = ExportLogsServiceResponse.FromString(accepted.reply).partial_success
    assert told.rejected_log_records == 1
    assert "too_many_models" in told.error_message
    assert stage.counted == {("ml.processor.rows.rejected", "", "other", "3", "too_many_models"): 2}
    assert stage.rows() == 1


def test_models_beyond_the_bound_that_come_at_once_are_refused_and_counted(stage, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    records = [wire.record("ml.prediction.batch", wire.prediction(ml__model__name=name)) for name in ("churn", "other")]
    stage.send(wire.request(*records))
    assert stage.totals() == {MODEL: {"rows": 3}, ModelId("other", "3"): {"too_many_models": 3}}


def test_a_model_that_has_been_silent_for_a_week_makes_room(stage, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    stage.send(scores(0.1))
    stage.clock.now += 170 * HOUR
    stage.send(wire.label_request([1], keys=["any"]))
    stage.send(scores(0.1, 0.2, ml__model__name="other"))
    assert stage.counted == {}
    assert stage.rows() == 3


# --- bounds -----------------------------------------------------------------------------------------------------


def test_beyond_its_bound_the_queue_refuses_and_nothing_acknowledged_is_lost(tmp_path, monkeypatch):
    body = scores(0.1, 0.2)
    stage = Stage(tmp_path, queue_bytes=3 * len(body))
    gate = Gate(stage, monkeypatch)
    accepted, refused = [], 0
    for number in range(10):
        try:
            accepted.append(stage.submit(scores(0.1, 0.2, batch_id=f"b{number:06}")))
        except Overloaded:
            refused += 1
    assert accepted
    assert refused
    assert stage.committer.queue_bytes <= 3 * len(body) + 100
    gate.open()
    for request in accepted:
        request.stored.result(10)
    assert stage.rows() == 2 * len(accepted)
    stage.close()


def test_a_request_larger_than_the_queue_is_taken_when_nothing_waits(tmp_path):
    stage = Stage(tmp_path, queue_bytes=10)
    stage.send(scores(0.1))
    assert stage.rows() == 1
    stage.close()


def test_what_waits_is_committed_together(stage, monkeypatch):
    gate = Gate(stage, monkeypatch)
    requests = [stage.submit(scores(0.1, batch_id="first")).stored]
    assert gate.reached.wait(10)
    requests += [stage.submit(scores(0.1, batch_id=str(number))).stored for number in range(20)]
    gate.open()
    for stored in requests:
        stored.result(10)
    assert [summary.models[MODEL].rows for summary in stage.summaries] == [1, 20]


def test_a_commit_is_split_where_its_panes_would_not_fit_into_memory(stage, monkeypatch):
    monkeypatch.setattr(group_writer, "_COMMIT_BYTES", 1)
    records = [wire.record("ml.prediction.batch", wire.prediction(batch_id=name)) for name in "abc"]
    stage.send(wire.request(*records))
    assert [summary.models[MODEL].rows for summary in stage.summaries] == [3, 3, 3]
    assert stage.rows() == 9


def spread(intervals, batch_id="spread"):
    """One row in each of so many intervals of five minutes, latest first."""
    times = [NOW - 300 * 10**9 * number for number in range(intervals)]
    return scores(*[number / intervals for number in range(intervals)], times=times, batch_id=batch_id)


def test_a_batch_over_many_panes_is_counted_slice_by_slice(stage, monkeypatch):
    monkeypatch.setattr(group_writer, "_COMMIT_BYTES", 1)
    stage.send(spread(100))
    assert [summary.models[MODEL].rows for summary in stage.summaries] == [16, 16, 16, 16, 16, 16, 4]
    assert [len(summary.touched) for summary in stage.summaries] == [16, 16, 16, 16, 16, 16, 4]
    oldest = stage.summaries[0].models[MODEL].oldest_event
    assert oldest == NOW - 99 * 300 * 10**9
    stage.send(spread(100))
    assert stage.rows() == 100
    assert stage.totals()[MODEL]["duplicate_rows"] == 100


def test_a_batch_that_failed_between_two_slices_counts_once(stage, monkeypatch):
    monkeypatch.setattr(group_writer, "_COMMIT_BYTES", 1)
    commit, calls = stage.folder.state.commit, []

    def failing(change):
        calls.append(change)
        if len(calls) == 3:
            raise DISK_FULL
        commit(change)

    monkeypatch.setattr(stage.folder.state, "commit", failing)
    with pytest.raises(sqlite3.OperationalError):
        stage.send(spread(100))
    assert stage.rows() == 32
    stage.send(spread(100))
    assert stage.rows() == 100


def test_the_memory_of_touched_panes_is_known_without_measuring_all_of_them(stage, monkeypatch):
    measured = []
    real = pane_cache._size
    monkeypatch.setattr(pane_cache, "_size", lambda pane: measured.append(pane) or real(pane))
    cache = pane_cache.PaneCache(stage.folder.state, 1 << 20)
    pane_of = cache.of_length(300)
    for number in range(50):
        pane_of(PaneKey(MODEL, "", 300 * number)).add("rows", "1", np.ones(2, np.int64))
        pane_of(PaneKey(MODEL, "", 0)).add("rows", "1", np.ones(2, np.int64))
        assert cache.touched_bytes() == 16 * (number + 1)
    assert len(measured) <= 2 * 50
    cache.keep()
    assert cache.touched_bytes() == 0


def test_panes_that_were_evicted_are_read_again(tmp_path):
    stage = Stage(tmp_path, cache_bytes=0)
    for number in range(3):
        stage.send(scores(0.1, batch_id=str(number)))
    assert stage.rows() == 3
    stage.close()


def test_closing_commits_what_waits_and_then_refuses(tmp_path, monkeypatch):
    stage = Stage(tmp_path)
    requests = [stage.submit(scores(0.1, batch_id=str(number))).stored for number in range(10)]
    stage.committer.close()
    assert all(stored.done() and stored.exception() is None for stored in requests)
    assert stage.rows() == 10
    with pytest.raises(Overloaded, match="stopping"):
        stage.submit(scores(0.1, batch_id="late"))
    stage.close()


def test_rows_refused_as_bad_data_are_counted_by_model_and_reason(stage):
    stage.send(scores(0.1, 0.2, times=[NOW, 2 * NOW]))
    stage.send(wire.predictions(ml__batch__weights=np.zeros(3).tobytes()))
    stage.send(wire.label_request([float("nan")], keys=["a"]))
    stage.send(wire.request(wire.record("other", {})))
    assert stage.counted == {
        ("ml.processor.rows.rejected", "", "churn", "3", "event_time"): 1,
        ("ml.processor.rows.rejected", "", "churn", "3", "weights"): 3,
        ("ml.processor.labels.rejected", "", "churn", "label"): 1,
        ("ml.processor.records.ignored", "no_source", "logs"): 1,
    }
