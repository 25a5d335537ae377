"""The Collector as this project ships it: its manifest, its configuration."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.stack.running import free_port, get, running, wait_for
from tools.environment import ROOT

CONFIG = ROOT / "otel-collector" / "config.yaml"


class Collector(NamedTuple):
    """A running Collector: its process, and where its ports are."""

    process: subprocess.Popen[bytes]
    otlp_grpc: str
    otlp_http: str
    results: str
    telemetry: str


@contextmanager
def collector(binary: Path, folder: Path, processor: str) -> Iterator[Collector]:
    """Run the Collector; its queue lies in `folder`, so that a second one there goes on with it.

    Args:
        binary: what `make collector` built.
        folder: for its queue and its log.
        processor: gRPC address of the processor, whether it is there yet or not.
    """
    grpc, http, results, health = (f"127.0.0.1:{free_port()}" for _ in range(4))
    telemetry = free_port()
    environment = {
        "OTLP_GRPC": grpc,
        "OTLP_HTTP": http,
        "PROMETHEUS_ENDPOINT": results,
        "HEALTH_ENDPOINT": health,
        "TELEMETRY_PORT": str(telemetry),
        "PROCESSOR_ENDPOINT": processor,
        "QUEUE_DIRECTORY": str(folder / "queue"),
    }
    with running([str(binary), "--config", str(CONFIG)], folder / "collector.log", environment) as process:
        wait_for("the Collector is healthy", lambda: "available" in get(f"http://{health}/"))
        yield Collector(
            process,
            f"http://{grpc}",
            f"http://{http}",
            f"http://{results}/metrics",
            f"http://127.0.0.1:{telemetry}/metrics",
        )
