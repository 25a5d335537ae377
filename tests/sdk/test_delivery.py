"""From the decorated function to a real OTLP/HTTP server: every row arrives, exactly once."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from model_monitoring import (
    _guard,
    _runtime,
    flush,
    last_prediction_id,
    last_prediction_ids,
    monitor_model,
    record_label,
    record_labels,
)


@monitor_model(name="sum", version="2", features="rows")
def predict(rows):
    return np.asarray(rows).sum(axis=1)


def test_rows_of_eight_threads_arrive_exactly_once(sink):
    @monitor_model(name="threads")
    def answer(row):
        return row[0]

    def work(thread: int) -> list[str]:
        ids = []
        for call in range(1000):
            answer([float(thread), float(call)])
            ids.append(last_prediction_id())
        return ids

    with ThreadPoolExecutor(8) as pool:
        ids = [i for chunk in pool.map(work, range(8)) for i in chunk]
    assert flush(20)
    assert len(set(ids)) == 8000
    assert sink.rows() == dict.fromkeys(ids, 1)
    cells = {cell for e in sink.events() for cell in zip(*e["ml.features"].values(), strict=True)}
    assert cells == {(float(thread), float(call)) for thread in range(8) for call in range(1000)}


def test_rows_are_gathered_into_records_and_records_into_requests(sink):
    for _ in range(50):
        predict(np.ones((100, 5)))
    assert flush(10)
    assert [event["ml.batch.row_count"] for event in sink.events()] == [1000] * 5
    assert len(sink.parsed("/v1/logs")) <= 5


def test_a_large_call_is_split_into_records_below_the_limit(sink):
    predict(np.random.default_rng(1).normal(size=(20_000, 60)))
    assert flush(20)
    sizes = [record.ByteSize() for record, _ in sink.records()]
    assert sum(event["ml.batch.row_count"] for event in sink.events()) == 20_000
    assert max(sizes) < 512 * 1024
    assert max(len(body) for path, body, _ in sink.requests if path == "/v1/logs") < 3_000_000
    assert set(sink.rows()) == set(last_prediction_ids())


def test_wide_rows_of_long_text_stay_below_the_limit(sink):
    @monitor_model(name="wide")
    def answer(table):
        return [0.0] * len(table)

    answer([{f"c{i}": f"{i}-{row}-" + "x" * 250 for i in range(300)} for row in range(40)])
    assert flush(10)
    assert sum(event["ml.batch.row_count"] for event in sink.events()) == 40
    assert max(record.ByteSize() for record, _ in sink.records()) < 512 * 1024


def test_a_call_above_the_bound_is_sampled_and_its_weights_sum_to_its_rows(sink, monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "8000")
    rows = 100_000
    predict(pd.DataFrame({"a": np.arange(rows, dtype="f8"), "b": 0.0}))
    ids = last_prediction_ids()
    assert flush(20)
    events = sink.events()
    weights = [weight for event in events for weight in event["ml.batch.weights"]]
    assert len(ids) == rows
    assert len(weights) == 2000
    assert sum(weights) == pytest.approx(rows)
    sampled = [value for event in events for value in event["ml.features"]["a"]]
    assert sampled == [value for event in events for value in event["ml.outputs"]["value"]]
    assert len(set(sampled)) == 2000
    assert [ids[int(value)] for value in sampled] == [key for event in events for key in event["ml.prediction.ids"]]
    # Uniform: the mean of 2,000 of 100,000 is within four standard errors of the middle.
    assert abs(np.mean(sampled) - rows / 2) < 4 * rows / np.sqrt(12 * 2000)


def test_labels_arrive_packed_with_the_ids_of_their_predictions(sink):
    predict(np.ones((3, 2)))
    ids = last_prediction_ids()
    record_labels(ids, [0, 1, 1], model="sum")
    assert flush(10)
    labels = next(event for event in sink.events() if event["event"] == "ml.label.batch")
    assert labels["ml.prediction.ids"] == ids
    assert labels["ml.labels"] == [0.0, 1.0, 1.0]
    assert labels["ml.model.name"] == "sum"


def test_a_year_of_labels_in_one_call_is_delivered(sink):
    ids = [f"flight-{number}" for number in range(300_000)]
    record_labels(ids, np.arange(300_000) % 2, time=np.arange(300_000))
    assert flush(30)
    batches = sink.events()
    assert max(event["ml.batch.row_count"] for event in batches) <= 5000
    assert [key for event in batches for key in event["ml.prediction.ids"]] == ids
    assert [time for event in batches for time in event["ml.batch.timestamps"]] == list(range(300_000))


def test_labels_that_are_missing_or_do_not_fit_are_counted(sink):
    record_labels(["a", "b", "", None, float("nan"), pd.NA], [None, float("nan"), 1, 1, 1, 1], model="m")
    record_label(None, 1, model="m")
    record_labels(["a"], [1, 2], model="n")
    assert flush(10)
    assert sink.events() == []
    dropped = _runtime.current().ledger.labels_dropped
    assert {(of.name, why): n for (of, why), n in dropped.items()} == {("m", "missing"): 7, ("n", "length_mismatch"): 2}
    assert _runtime.current().pending() == 0


@pytest.mark.parametrize(
    "time", [86400, np.int64(86400), np.float32(86400), Decimal(86400), np.datetime64("1970-01-02")]
)
def test_the_time_of_a_label_may_be_of_any_kind(time, sink):
    record_label("a", 1, time=time)
    assert flush(10)
    assert sink.events()[0]["ml.batch.timestamps"] == [86400.0]


@pytest.mark.parametrize("make", [list, np.array, pd.Series])
def test_a_label_that_is_missing_leaves_the_others_their_times(make, sink):
    days = np.array(["1970-01-02", "1970-01-03", "1970-01-04"], "datetime64[D]")
    record_labels(["a", "b", "c"], [1, None, 1], time=make(days.astype("datetime64[s]")))
    assert flush(10)
    assert sink.events()[0]["ml.batch.timestamps"] == [86400.0, 3 * 86400.0]


def test_times_of_another_number_than_the_labels_are_not_guessed(sink):
    record_labels([f"l{i}" for i in range(6000)], [1] * 6000, time=list(range(86400, 86400 + 7000)))
    assert flush(10)
    assert all(time > 1e9 for event in sink.events() for time in event["ml.batch.timestamps"])
    assert list(_guard.errors()) == ["EventTimeLength"]


def test_metrics_arrive_from_a_provider_of_ours(sink):
    predict(np.ones((3, 2)))
    assert flush(10)
    names = {
        metric.name
        for request in sink.parsed("/v1/metrics")
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert {"ml.inference.duration", "ml.inference.rows"} <= names


def test_nothing_is_lost_while_the_backend_is_away(sink):
    sink.status = 503
    predict(np.ones((10, 2)))
    assert not flush(0.5)
    assert _runtime.current().pending() == 10
    sink.status = 200
    assert flush(20)
    assert sum(sink.rows().values()) == 10
    assert _runtime.current().pending() == 0


def test_counts_add_up_when_the_ring_is_too_small(sink, monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "400")
    for _ in range(300):
        predict(np.ones((50, 2)))
    assert flush(10)
    ledger = _runtime.current().ledger
    captured, dropped = sum(ledger.captured.values()), sum(ledger.dropped.values())
    assert captured + dropped == 300 * 50 == sum(ledger.inferred.values())
    assert sum(sink.rows().values()) == captured
    assert {reason for _, reason in ledger.dropped} <= {"ring_full"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_starts_empty_and_the_parent_is_unaffected(sink):
    predict(np.ones((7, 2)))
    parent = last_prediction_ids()
    pid = os.fork()
    if pid == 0:
        predict(np.ones((5, 2)))
        os._exit(0 if flush(10) and _runtime.current().pending() == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert flush(10)
    rows = sink.rows()
    assert len(rows) == 12, "an id was used twice or a row is missing"
    assert set(rows.values()) == {1}
    assert set(parent) <= set(rows)


def test_ids_are_those_of_the_callers_own_thread(sink):
    predict(np.ones((1, 2)))
    mine, others = last_prediction_id(), []
    thread = threading.Thread(target=lambda: (others.append(last_prediction_id()), predict(np.ones((1, 2)))))
    thread.start()
    thread.join()
    assert others == [None]
    assert last_prediction_id() == mine


def test_a_signal_handler_may_predict_in_the_middle_of_a_prediction(sink):
    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timers that signal")
    calls = []
    before = signal.signal(signal.SIGALRM, lambda *_: calls.append(len(predict(np.ones((1, 2))))))
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for _ in range(3000):
            predict(np.ones((1, 2)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert flush(10)
    assert sum(sink.rows().values()) == 3000 + len(calls)
