"""The processor as the demo starts it: `model-monitoring serve` in a process of its own, on free loopback ports."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from model_monitoring_processor.errors import MonitoringError

__all__ = ["CONFIG", "Processor", "started"]

CONFIG = """\
# Written by `model-monitoring demo`: calendar months, because the data is a year.
drift_detection:
  window: month
  pane_minutes: 60
  # A replay's last window is closed when nothing has come for so long.
  idle_seconds: 2
"""

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class Processor:
    """A running processor, seen through its own JSON API."""

    def __init__(self, pid: int, endpoints: dict[str, str]) -> None:
        self.pid = pid
        self.otlp = endpoints["otlp_http"]
        self.page = endpoints["admin"]

    def get(self, path: str, **query: str) -> Any:
        """Answer of the JSON API.

        Raises:
            OSError: the processor does not answer.
        """
        with urlopen(f"{self.page}{path}?{urlencode(query)}", timeout=10) as answer:  # noqa: S310 - our own loopback address
            return json.load(answer)


@contextmanager
def started(folder: Path, admin: str, reference: Path) -> Iterator[Processor]:
    """Run a processor until the block ends.

    Args:
        folder: where its configuration, its state and its log go.
        admin: `host:port` of page and metrics.
        reference: the frozen reference.

    Raises:
        MonitoringError: it did not start; the message holds the end of its log.
    """
    config, state, log = folder / "config.yaml", folder / "state", folder / "processor.log"
    config.write_text(CONFIG, encoding="utf-8")
    command = [
        sys.executable, "-m", "model_monitoring_processor.cli", "serve", "--config", str(config),
        "--reference", str(reference), "--state-dir", str(state), "--admin", admin,
        "--otlp-grpc", "none", "--otlp-http", "127.0.0.1:0",
    ]  # fmt: skip
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        try:
            yield Processor(child.pid, _endpoints(child, state / "endpoints.json", log))
        finally:
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def _endpoints(child: "subprocess.Popen[bytes]", file: Path, log: Path) -> dict[str, str]:
    """Wait until the processor has said where it listens."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if file.exists():
            endpoints: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
            if _ready(endpoints["admin"]):
                return endpoints
        time.sleep(0.05)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise MonitoringError(f"the processor did not start:\n{tail}")


def _ready(page: str) -> bool:
    try:
        with urlopen(f"{page}/readyz", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
