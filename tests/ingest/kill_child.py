"""The processor that is killed: sends what was not acknowledged yet, and dies where it is told to."""

import os
import signal
import threading

from model_monitoring_processor.ingest import Committer, decode_logs
from model_monitoring_processor.ingest.pane_cache import PaneCache
from model_monitoring_processor.store import PredictionLog, StateFolder, StateStore
from model_monitoring_processor.store.commit_numbers import CommitNumbers
from model_monitoring_processor.store.hour_file import HourFile
from tests.ingest.kill_stream import reference, requests
from tests.ingest.wire import NOW

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
IN_FLIGHT = 6
REFERENCE = reference()

POINTS = {
    "a model gets its number": (StateStore, "model_number", "after"),
    "rows are inserted": (PredictionLog, "add", "after"),
    "labels are set": (PredictionLog, "label", "after"),
    "one file of rows is durable": (HourFile, "flush", "after"),
    "all files of rows are durable": (StateStore, "commit", "before"),
    "the transaction is written, not committed": (CommitNumbers, "write", "after"),
    "the transaction is committed": (StateStore, "commit", "after"),
    "the panes are in the cache": (PaneCache, "keep", "after"),
}


def die_at(point, times):
    """Kill this process, as kill -9 does, at the n-th passage of a point."""
    target, name, when = POINTS[point]
    real = getattr(target, name)
    left = times

    def passing(*args):
        nonlocal left
        left -= 1
        if left == 0 and when == "before":
            os.kill(os.getpid(), KILL)
        result = real(*args)
        if left == 0:
            os.kill(os.getpid(), KILL)
        return result

    setattr(target, name, passing)


def main(folder, acknowledged, point="", times=0, groups=0):
    """Run to the end, or until killed.

    Args:
        folder: holds the state and the file `done` of acknowledged requests.
        acknowledged: a pipe that is told the number of each.
        point: where to die, at the n-th time.
        times: n.
        groups: after so many groups of requests wait to be killed; 0 goes on to the end.
    """
    if point:
        die_at(point, times)
    done = set((folder / "done").read_text().split()) if (folder / "done").exists() else set()
    waiting = [(str(number), body) for number, body in enumerate(requests()) if str(number) not in done]
    with StateFolder(folder / "state", clock=lambda: NOW) as state, (folder / "done").open("a") as log:
        committer = Committer(state, reference_for=lambda _: REFERENCE, clock=lambda: NOW)
        for start in range(0, groups * IN_FLIGHT or len(waiting), IN_FLIGHT):
            sent = [
                (number, committer.submit(decode_logs(body, NOW).batches, len(body)))
                for number, body in waiting[start : start + IN_FLIGHT]
            ]
            for number, stored in sent:
                stored.result(30)
                log.write(number + "\n")
                log.flush()
                acknowledged.send(number)
        if groups:
            threading.Event().wait()
        committer.close()
