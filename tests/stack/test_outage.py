"""The processor stops for a while; the Collector keeps what it cannot deliver, on disk, also when it is killed."""

import time
from pathlib import Path

from tests.stack.application import application
from tests.stack.collector import collector
from tests.stack.processor import Processor, processor
from tests.stack.running import free_port, get, wait_for
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


def test_a_collector_killed_during_the_outage_loses_nothing(
    folder: Path, collector_binary: Path, reference: Path
) -> None:
    """What it acknowledged to the application is on its disk."""
    apart = folder / "killed"
    apart.mkdir()
    grpc = f"127.0.0.1:{free_port()}"
    with collector(collector_binary, apart, grpc) as first:
        with application(folder, first.otlp_http) as client:
            client.serve(1000)
        first.process.kill()
    with (
        collector(collector_binary, apart, grpc) as second,
        processor(apart, grpc, second.otlp_grpc, reference) as monitor,
    ):
        wait_for("every row is stored", lambda: monitor.rows(MODEL) == 1000)
