"""kill -9 at every step of a commit: nothing acknowledged is lost, nothing counts twice, to the byte."""

import contextlib
import multiprocessing
import os
import random
import sqlite3
import time

import pytest

from model_monitoring_processor.store import StateFolder
from tests.ingest.kill_child import IN_FLIGHT, KILL, POINTS, main
from tests.ingest.kill_stream import requests
from tests.ingest.wire import NOW

# A clean process that has imported everything, of which each run is a fork; where there is no fork, a new process.
PROCESSES = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
if hasattr(os, "fork"):
    PROCESSES.set_forkserver_preload(["tests.ingest.kill_child"])


class Run:
    """One life of the processor."""

    def __init__(self, folder, *point):
        self.acknowledged, theirs = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=main, args=(folder, theirs, *point), daemon=True)
        self._process.start()
        theirs.close()

    def wait_for(self, acknowledgements):
        with contextlib.suppress(EOFError):
            for _ in range(acknowledgements):
                self.acknowledged.recv()

    def kill(self):
        self._process.kill()

    def died(self):
        """Whether it was killed before it had done everything."""
        self.wait_for(len(requests()))
        self._process.join(60)
        assert self._process.exitcode in {0, -KILL}
        return self._process.exitcode != 0


def run_to_the_end(folder):
    assert not Run(folder).died()


def content(folder):
    """Everything that counts: panes to the byte, rows, labels, waiting labels, ids of batches."""
    with StateFolder(folder / "state", clock=lambda: NOW) as opened:
        state = opened.state
        panes = {
            (pane.key, pane.seconds): pane.to_bytes()
            for seen in state.models()
            for pane in state.panes(seen.model, "", 0, 2**62)
        }
        models, names = state.models(), dict(state.models_by_id)
        batches = sorted(state._writer.execute("SELECT id FROM batches"))
        pending = sorted(state._writer.execute("SELECT key, label FROM pending"))
    rows, labels = [], []
    for path in (folder / "state" / "predictions").glob("*.db"):
        database = sqlite3.connect(path)
        rows += [(*row[:4], names[row[4]], row[5]) for row in database.execute("SELECT * FROM rows")]
        labels += database.execute("SELECT key, label FROM labels").fetchall()
        database.close()
    return {"panes": panes, "models": sorted(models), "batches": batches, "pending": pending, "rows": sorted(rows),
            "labels": sorted(labels)}  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    run_to_the_end(folder)
    found = content(folder)
    assert len(found["panes"]) > 10
    assert len(found["labels"]) > 100
    return found


def assert_same(folder, undisturbed):
    found = content(folder)
    for what, expected in undisturbed.items():
        assert found[what] == expected, what


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("point", POINTS)
def test_killed_right_after(tmp_path, undisturbed, point, times):
    died = Run(tmp_path, point, times).died()
    assert died
    run_to_the_end(tmp_path)
    assert_same(tmp_path, undisturbed)


def test_killed_ten_times_at_any_moment(tmp_path, undisturbed):
    chance = random.Random(11)
    for _ in range(10):
        run = Run(tmp_path, "", 0, 1)
        run.wait_for(chance.randrange(IN_FLIGHT))
        time.sleep(chance.random() * 0.005)
        run.kill()
        assert run.died()
    run_to_the_end(tmp_path)
    assert_same(tmp_path, undisturbed)
