"""kill -9 of the processor, ten times in one replay: what was acknowledged is there, once, and so are its results."""

import http.client
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from model_monitoring_processor.reference import build
from tests.ingest.wire import NOW, ids, label_request, predictions
from tests.stack.running import get, get_json, running, stop, wait_for

KILLS = 10
BATCHES = 60
ROWS = 50
HOUR = 3600 * 10**9
MODEL = {"name": "churn", "version": "3", "environment": ""}
CONFIG = "drift_detection: {window: 1h, pane_minutes: 15, idle_seconds: 1}\n"


def columns(rng: np.random.Generator, rows: int, shift: float = 0.0) -> dict[str, Any]:
    return {
        "age": list(rng.normal(40 + shift, 10, rows)),
        "visits": list(rng.poisson(2, rows).astype(float)),
        "city": list(rng.choice(["Bonn", "Ulm", "Kiel"], rows)),
    }


def stream() -> list[bytes]:
    """Requests over four hours of event time; labels come three batches after their predictions."""
    rng = np.random.default_rng(7)
    requests = []
    start = NOW - 4 * HOUR
    for number in range(BATCHES):
        keys = ids(ROWS, serial=number * ROWS)
        times = start + (number * ROWS + np.arange(ROWS)) * (4 * HOUR // (BATCHES * ROWS))
        outputs = {"score": list(rng.random(ROWS))}
        features = columns(rng, ROWS, shift=5.0)
        requests.append(predictions(features, outputs, batch_id=f"p{number}", keys=keys, times=list(times)))
        if number >= 3:
            known = ids(ROWS, serial=(number - 3) * ROWS)
            truth = [float(value) for value in rng.integers(0, 2, ROWS)]
            requests.append(label_request(truth, keys=known, batch_id=f"l{number}"))
    return requests


class Processor:
    """A processor in a folder, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rng = np.random.default_rng(1)
        training = columns(rng, 5000) | {"score": rng.random(5000)}
        build(training, model="churn", outputs=("score",)).save(folder / "churn.mmref")
        (folder / "config.yaml").write_text(CONFIG)

    @contextmanager
    def run(self) -> "Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]":
        state = self.folder / "state"
        (state / "endpoints.json").unlink(missing_ok=True)
        command = [
            sys.executable, "-m", "model_monitoring_processor.cli", "serve",
            "--config", str(self.folder / "config.yaml"), "--reference", str(self.folder / "churn.mmref"),
            "--state-dir", str(state), "--otlp-grpc", "none", "--otlp-http", "127.0.0.1:0", "--admin", "127.0.0.1:0",
        ]  # fmt: skip
        with running(command, self.folder / "processor.log") as process:

            def endpoints() -> Any:
                assert process.poll() is None, (self.folder / "processor.log").read_text()
                found = get_json((state / "endpoints.json").as_uri())
                return found if get(f"{found['admin']}/readyz") else None

            yield process, wait_for("the processor is ready", endpoints)


def send(endpoint: str, body: bytes) -> bool:
    """Tell whether a request was acknowledged."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=30)
    try:
        connection.request("POST", "/v1/logs", body, {"Content-Type": "application/x-protobuf"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def results(admin: str) -> list[dict[str, Any]]:
    """The newest revision of every window, once all are closed and everything was counted."""

    def settled() -> list[dict[str, Any]]:
        (model,) = get_json(f"{admin}/api/models")["models"]
        windows = get_json(f"{admin}/api/windows", **MODEL)["windows"]
        done = windows and all(window["closed"] for window in windows) and not model["pending"]
        return windows if done else []

    return [window | {"revision": 0} for window in wait_for("all windows are closed", settled)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Results of a run in which nothing happened."""
    processor = Processor(tmp_path_factory.mktemp("undisturbed"))
    with processor.run() as (_, endpoints):
        assert all(send(endpoints["otlp_http"], request) for request in stream())
        return results(endpoints["admin"])


def test_the_undisturbed_run_counts_every_row_and_label_and_finds_the_drift(undisturbed):
    assert sum(window["provenance"]["rows_received"] for window in undisturbed) == BATCHES * ROWS
    assert sum(window["performance"]["labelled"] for window in undisturbed) == (BATCHES - 3) * ROWS
    drifted = {column["name"] for window in undisturbed for column in window["columns"]
               if column["verdict"] == "drifted"}  # fmt: skip
    assert drifted == {"age"}


def test_after_ten_kills_the_results_equal_those_of_an_undisturbed_run(tmp_path, undisturbed):
    processor, requests = Processor(tmp_path), stream()
    rng = random.Random(3)
    kill_before = set(rng.sample(range(1, len(requests)), KILLS))
    sent = 0
    while sent < len(requests):
        with processor.run() as (process, endpoints):
            while sent < len(requests):
                if sent in kill_before:
                    kill_before.discard(sent)
                    # The request is on its way when the process dies: whether it was stored, nobody knows.
                    killer = threading.Timer(rng.random() / 50, process.kill)
                    killer.start()
                    sent += send(endpoints["otlp_http"], requests[sent])
                    killer.join()
                    break
                assert send(endpoints["otlp_http"], requests[sent])
                sent += 1
    assert not kill_before
    with processor.run() as (process, endpoints):
        again = results(endpoints["admin"])
        stop(process)
    for left, right in zip(again, undisturbed, strict=True):
        assert left == right
