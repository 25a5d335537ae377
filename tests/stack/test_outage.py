"""The processor stops for a while; the Collector keeps what it cannot deliver, on disk, also when it is killed."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack.application import application
from tests.stack.collector import collector
from tests.stack.processor import Processor, processor
from tests.stack.running import PATIENCE, free_port, get, wait_for
from tests.stack.traffic import MODEL

OUTAGE = 20.0


def received(monitor: Processor) -> int:
    """Rows that this run of the processor has taken in, by its own counter."""
    lines = get(f"{monitor.admin}/metrics").splitlines()
    return sum(int(float(line.split()[1])) for line in lines if line.startswith("ml_processor_rows_received_total{"))


def queued(telemetry: str) -> int:
    """Bytes that the Collector keeps for the processor, by its own gauge."""
    lines = get(telemetry).splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("otelcol_exporter_queue_size{"))


def test_an_outage_of_the_processor_loses_nothing(folder: Path, collector_binary: Path, reference: Path) -> None:
    """500 rows before, 1,000 during, 500 after 20 s without a processor: 2,000, each counted once."""
    grpc = f"127.0.0.1:{free_port()}"
    with (
        collector(collector_binary, folder, grpc) as gateway,
        application(folder, gateway.otlp_http) as client,
    ):
        with processor(folder, grpc, gateway.otlp_grpc, reference) as before:
            client.serve(500)
            wait_for("the rows before are stored", lambda: before.rows(MODEL) == 500)
            assert received(before) == 500
        down = time.monotonic()
        client.serve(1000)
        wait_for("the Collector keeps the rows of the outage", lambda: queued(gateway.telemetry) > 0)
        time.sleep(max(0.0, down + OUTAGE - time.monotonic()))  # the outage itself: nothing to wait for
        with processor(folder, grpc, gateway.otlp_grpc, reference) as after:
            client.serve(500)
            wait_for("every row is stored", lambda: after.rows(MODEL) >= 2000)
            wait_for("the Collector has nothing left", lambda: queued(gateway.telemetry) == 0)
            assert (after.rows(MODEL), received(after)) == (2000, 1500)


@pytest.mark.parametrize("end", [subprocess.Popen.kill, subprocess.Popen.terminate], ids=["killed", "stopped"])
def test_a_collector_that_ends_during_the_outage_loses_nothing(
    tmp_path: Path, collector_binary: Path, reference: Path, end: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    """What it acknowledged to the application is on its disk."""
    grpc = f"127.0.0.1:{free_port()}"
    with collector(collector_binary, tmp_path, grpc) as first:
        with application(tmp_path, first.otlp_http) as client:
            client.serve(1000)
        end(first.process)
        first.process.wait(PATIENCE)
    with (
        collector(collector_binary, tmp_path, grpc) as second,
        processor(tmp_path, grpc, second.otlp_grpc, reference) as monitor,
    ):
        wait_for("every row is stored", lambda: monitor.rows(MODEL) == 1000)
