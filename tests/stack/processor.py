"""`model-monitoring serve`, as a user starts it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.stack.running import get, get_json, running, wait_for
from tests.stack.traffic import VERSION

CONFIG = """\
drift_detection:
  window: 1h
  idle_seconds: 1
export:
  otlp: {{endpoint: "{collector}", interval_seconds: 1}}
"""


class Processor(NamedTuple):
    """A running processor, by its admin port."""

    admin: str

    def windows(self, model: str) -> list[dict[str, Any]]:
        """What it knows of a model's windows, oldest first."""
        return list(get_json(f"{self.admin}/api/windows", name=model, version=VERSION)["windows"])

    def rows(self, model: str) -> int:
        """Rows of a model in all windows: what the state on disk says, not a counter of this process."""
        known = get_json(f"{self.admin}/api/models")["models"]
        if (model, VERSION) not in {(entry["name"], entry["version"]) for entry in known}:
            return 0
        return sum(window["provenance"]["rows_received"] for window in self.windows(model))


@contextmanager
def processor(folder: Path, grpc: str, collector: str, reference: Path) -> Iterator[Processor]:
    """Run the processor; a second one in the same folder goes on with its state.

    Args:
        folder: for its state, its configuration and its log.
        grpc: where it listens for OTLP, `host:port`.
        collector: gRPC endpoint that it sends its results to.
        reference: file of the frozen reference.
    """
    config, state = folder / "processor.yaml", folder / "state"
    config.write_text(CONFIG.format(collector=collector), encoding="utf-8")
    command = [sys.executable, "-m", "model_monitoring_processor.cli", "serve", "--config", str(config)]
    command += ["--reference", str(reference), "--state-dir", str(state)]
    command += ["--otlp-grpc", grpc, "--otlp-http", "none", "--admin", "127.0.0.1:0"]
    endpoints = state / "endpoints.json"
    endpoints.unlink(missing_ok=True)
    with running(command, folder / "processor.log") as process:

        def ready() -> str:
            if process.poll() is not None:
                raise AssertionError(f"the processor ended: {(folder / 'processor.log').read_text()[-2000:]}")
            admin = str(get_json(endpoints.as_uri())["admin"])
            return admin if get(f"{admin}/readyz") else ""

        yield Processor(wait_for("the processor is ready", ready))
