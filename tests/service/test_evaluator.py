"""The evaluator over a real state folder, with clocks that the test moves: what is due, what fails, what is silent."""

import json
from dataclasses import replace

import numpy as np
import pytest

from model_monitoring_processor.config import load_config
from model_monitoring_processor.export.meters import Meters
from model_monitoring_processor.ingest import decode_logs
from model_monitoring_processor.reference import build
from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.due import PATIENCE_SECONDS
from model_monitoring_processor.service.evaluator import Evaluator
from model_monitoring_processor.service.references import ReferenceBook
from model_monitoring_processor.service.rules import Rules
from model_monitoring_processor.service.telemetry import Telemetry
from model_monitoring_processor.types import ModelId
from tests.ingest.stage import Stage
from tests.ingest.wire import NOW, ids, label_request, predictions

HOUR = 3600
CHURN = ModelId("churn", "3")
START = NOW // 10**9 // HOUR * HOUR
"""A full hour, on the clock of the tests."""


class Scene:
    """A processor without threads: rows are stored, then `pass_time` lets the evaluator tick."""

    def __init__(self, folder, window="1h"):
        rng = np.random.default_rng(1)
        self.reference = build({"age": rng.normal(40, 10, 4000)}, model="churn")
        self.stage = Stage(folder / "state", reference_for=lambda _: self.reference)
        self.meters = Meters("test", "0", None)
        self.folder = folder
        self.configure(window)
        store = self.stage.folder
        self.evaluator = Evaluator(store.state, store.registry, lambda: self.rules, Telemetry(self.meters))
        self.steady = 1000.0
        self.batches = 0

    def configure(self, window):
        path = self.folder / "config.yaml"
        path.write_text(f"drift_detection: {{window: {window}, idle_seconds: 60}}\n")
        self.rules = Rules(load_config(path), ReferenceBook([self.reference]))

    def moment(self):
        return Moment(self.stage.clock.now / 1e9, self.steady)

    def send(self, body):
        self.stage.send(body)
        self.tell()

    def tell(self):
        """What the last commit has changed."""
        summary = self.stage.summaries[-1]
        newest = {model: c.newest_event / 1e9 for model, c in summary.models.items() if c.newest_event is not None}
        self.evaluator.changed(summary.touched, summary.number, newest, self.moment())

    def predict(self, at, rows=200, keys=None):
        """Rows with event times from `at` (unix seconds) on, one a second."""
        self.batches += 1
        times = [(at + row) * 10**9 for row in range(rows)]
        keys = keys or ids(rows, serial=self.batches * 100_000)
        values = list(np.random.default_rng(self.batches).normal(40, 10, rows))
        self.send(predictions({"age": values}, batch_id=f"b{self.batches}", keys=keys, times=times))

    def pass_time(self, seconds):
        """Both clocks go on, with a tick before and after."""
        self.evaluator.tick(self.moment())
        self.stage.clock.now += int(seconds * 10**9)
        self.steady += seconds
        self.evaluator.tick(self.moment())

    def kept(self, length="1h"):
        entries = self.stage.folder.registry.history(CHURN, length, 500)
        return {entry.window.start: json.loads(entry.body) for entry in entries}

    def count(self, name):
        lines = self.meters.exposition()[0].decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    made.stage.clock.now = START * 10**9
    yield made
    made.stage.committer.close()
    made.stage.folder.close()
    made.meters.shutdown()


def test_a_live_window_is_evaluated_when_it_has_ended_and_the_lateness_has_passed(scene):
    scene.predict(START)
    scene.pass_time(HOUR)
    assert scene.kept() == {}
    scene.pass_time(600)
    assert scene.kept()[START]["provenance"]["rows_received"] == 200


def test_an_evaluation_that_fails_is_counted_and_made_up_for(scene, monkeypatch):
    registry = scene.stage.folder.registry
    working = registry.add_snapshot

    def full_disk(*_):
        raise OSError("disk is full")

    scene.predict(START)
    monkeypatch.setattr(registry, "add_snapshot", full_disk)
    scene.pass_time(HOUR + 600)
    assert scene.kept() == {}
    assert scene.count("ml_processor_evaluation_errors_total") == 1
    monkeypatch.setattr(registry, "add_snapshot", working)
    scene.pass_time(10)
    assert START in scene.kept()


def test_one_model_that_cannot_be_evaluated_does_not_stop_the_others(scene, monkeypatch):
    scene.send(predictions({"age": [1.0]}, ml__model__name="broken", times=[START * 10**9], batch_id="x"))
    scene.predict(START)
    working = scene.evaluator.view_of

    def broken(key):
        if key.model.name == "broken":
            raise ValueError("a bug of ours")
        return working(key)

    monkeypatch.setattr(scene.evaluator, "view_of", broken)
    scene.pass_time(HOUR + 600)
    assert START in scene.kept()


def test_a_live_model_that_goes_silent_gets_empty_windows(scene):
    scene.predict(START)
    scene.pass_time(HOUR + 600)
    for _ in range(8):
        scene.pass_time(HOUR / 2)
    rows = [scene.kept()[START + hour * HOUR]["provenance"]["rows_received"] for hour in range(4)]
    assert rows == [200, 0, 0, 0]
    assert scene.evaluator.latest(CHURN).window.start >= START + 3 * HOUR


def test_windows_missed_while_nobody_looked_are_made_up_for(scene):
    scene.predict(START)
    scene.pass_time(HOUR + 600)
    scene.pass_time(5 * HOUR)
    scene.pass_time(PATIENCE_SECONDS)
    assert {START + hour * HOUR for hour in range(6)} <= set(scene.kept())


def test_a_replay_makes_no_empty_windows(scene):
    past = START - 400 * 86_400
    scene.predict(past)
    scene.pass_time(120)
    assert set(scene.kept()) == {past}
    scene.pass_time(3 * HOUR)
    assert set(scene.kept()) == {past}


def test_labels_that_trickle_in_make_a_bounded_number_of_revisions(scene):
    """Twelve hours, a label a minute: every label is counted, and there are some tens of revisions, not hundreds."""
    keys = ids(720, serial=7)
    scene.predict(START, rows=720, keys=keys)
    scene.pass_time(HOUR + 600)
    for minute in range(720):
        scene.send(label_request([1.0], keys=[keys[minute]], batch_id=f"l{minute}"))
        scene.pass_time(60)
    scene.pass_time(2 * HOUR)
    window = scene.stage.folder.registry.newest(CHURN, "", "1h", START)
    assert json.loads(window.body)["performance"]["labelled"] == 720
    assert window.revision < 60


def test_a_wall_clock_that_is_set_back_stops_no_evaluation(scene):
    scene.predict(START)
    scene.stage.clock.now += 2 * HOUR * 10**9
    scene.predict(START + 2 * HOUR)  # the watermark passes the first window
    scene.stage.clock.now -= HOUR * 10**9
    scene.pass_time(PATIENCE_SECONDS)
    assert START in scene.kept()


def test_after_a_change_of_the_windows_length_the_newest_result_is_of_the_new_one(scene):
    scene.predict(START)
    scene.pass_time(HOUR + 600)
    assert scene.evaluator.latest(CHURN).window.length == "1h"
    scene.configure("1d")
    scene.predict(START + HOUR)
    scene.pass_time(86_400 + 600)
    scene.pass_time(PATIENCE_SECONDS)
    assert scene.evaluator.latest(CHURN).window.length == "1d"


def test_a_verdict_looks_back_on_the_windows_before_its_own_also_when_it_is_late(scene, monkeypatch):
    seen = {}
    working = scene.evaluator._snapshot

    def spy(rules, key):
        seen[key.window.start] = [
            snapshot.window.start for snapshot in scene.evaluator._history(rules, key.model, 4, "", key.window.start)
        ]
        return working(rules, key)

    monkeypatch.setattr(scene.evaluator, "_snapshot", spy)
    for hour in range(8):
        scene.predict(START + hour * HOUR)
        scene.pass_time(HOUR)
    scene.pass_time(600)
    scene.predict(START + 2 * HOUR + 1800)  # a late row
    scene.pass_time(2 * HOUR)
    assert seen[START + 2 * HOUR] == [START, START + HOUR]


def test_a_window_of_a_biased_sample_is_kept_without_alarm(scene):
    times = [(START + row) * 10**9 for row in range(200)]
    decoded = decode_logs(predictions({"age": [90.0 + row for row in range(200)]}, keys=ids(200), times=times), NOW)
    biased = [replace(batch, biased=True) for batch in decoded.batches]
    scene.stage.committer.submit(biased, 1).result(10)
    scene.tell()
    (open_window,) = scene.evaluator.in_progress(CHURN)
    scene.pass_time(HOUR + 600)
    kept = scene.kept()[START]
    assert (open_window.verdict, kept["columns"][0]["verdict"]) == ("exceeded", "exceeded")
    assert kept["provenance"]["gaps"][-1].startswith("biased sample: 200 of 200 rows")


def test_what_is_in_progress_is_evaluated_once_for_all_who_ask(scene, monkeypatch):
    scene.predict(START)
    (first,) = scene.evaluator.in_progress(CHURN)
    (again,) = scene.evaluator.in_progress(CHURN)
    assert again is first
    scene.predict(START + 300)
    (changed,) = scene.evaluator.in_progress(CHURN)
    assert changed.provenance.rows_received == 400


def test_no_failure_ends_the_thread(scene, monkeypatch, caplog):
    import threading

    ticks, stopping = [], threading.Event()

    def tick(now):
        ticks.append(now)
        if len(ticks) == 3:
            stopping.set()
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(scene.evaluator, "tick", tick)
    scene.evaluator.run(stopping)
    assert len(ticks) == 3
