"""The application of the tests: a process that serves a model and knows nothing but the decorator.

For each line `COUNT FEATURE` on its standard input it serves COUNT rows, FEATURE drifted if it is given, flushes what
it monitored and writes `served`. Event times lie in the past, three hours further on with each line, so that the
windows can close.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from model_monitoring import flush, monitor_model
from tests.stack.running import running, wait_for
from tests.stack.traffic import FEATURES, MODEL, VERSION, rows, scores

HOURS = 3
BATCH = 100
FIRST_SEED = 2  # the reference has 1


@monitor_model(name=MODEL, version=VERSION, task_type="binary", features="table", event_time="times")
def predict(table: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    """Score of each row."""
    return scores({name: table[name].to_numpy() for name in FEATURES})


def serve(first_hour: int, seed: int, count: int, drifted: str) -> None:
    """Serve rows in calls of BATCH, evenly over HOURS."""
    table = pd.DataFrame(rows(seed, count, drifted))
    offsets = np.arange(count) * (HOURS * 3600 * 1000 // count)
    times = np.datetime64(first_hour, "s") + offsets.astype("timedelta64[ms]")
    for start in range(0, count, BATCH):
        predict(table[start : start + BATCH], times[start : start + BATCH])


def main() -> None:
    """Serve what is asked for, until the input ends."""
    first_hour = (int(time.time()) // 3600 - 24 * 5) * 3600
    for seed, line in enumerate(sys.stdin, start=FIRST_SEED):
        count, _, drifted = line.strip().partition(" ")
        serve(first_hour + seed * HOURS * 3600, seed, int(count), drifted)
        flush(timeout=20.0)
        print("served", flush=True)


class Application:
    """The process, seen from the test."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log
        self._calls = 0
        self.rows = 0

    def serve(self, count: int, drifted: str = "") -> None:
        """Have it serve rows, and wait until its telemetry has left."""
        self._process.stdin.write(f"{count} {drifted}\n".encode())
        self._process.stdin.flush()
        self._calls += 1
        self.rows += count
        wait_for("the application has served", lambda: self._log.read_text().count("served") == self._calls)


@contextmanager
def application(folder: Path, endpoint: str) -> Iterator[Application]:
    """Run the application; everything it knows of the stack is one standard variable."""
    log = folder / "application.log"
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_METRIC_EXPORT_INTERVAL": "1000"}
    with running([sys.executable, "-m", "tests.stack.application"], log, environment) as process:
        yield Application(process, log)


if __name__ == "__main__":
    main()
