"""Memory of the processor over the demo's replay: is it flat? `python benchmarks/replay_memory.py`.

Serves the year of flights through the SDK into `model-monitoring serve` in a process of its own and prints that
process's resident memory at the end of each month, with the ratio to the first month's.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from model_monitoring_processor.demo.data import FEATURES, departed_flights
from model_monitoring_processor.demo.model import LAST_TRAINING_MONTH, FlightModel
from model_monitoring_processor.demo.processor import started
from model_monitoring_processor.reference import build


def resident_mib(pid: int) -> float:
    """Resident memory by `ps`, which every Unix has."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True).stdout) / 1024


def main() -> None:
    flights = departed_flights()
    model = FlightModel(flights)
    training = flights[flights.month <= LAST_TRAINING_MONTH]
    columns = {name: training[name].to_numpy() for name in FEATURES}
    columns["score"] = model.score(training)
    with tempfile.TemporaryDirectory() as name:
        reference = Path(name) / "flight_delay.mmref"
        build(columns, model="flight_delay", outputs=("score",)).save(reference)
        with started(Path(name), "127.0.0.1:0", reference) as processor:
            os.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": processor.otlp, "OTEL_METRICS_EXPORTER": "none"}
            from model_monitoring_processor.demo.replay import replay

            print(f"{'start':8} {resident_mib(processor.pid):7.1f} MiB")
            month, first = "2013-03", 0.0
            for step in replay(model, flights):
                if step.month != month:
                    now = resident_mib(processor.pid)
                    first = first or now
                    print(f"{month:8} {now:7.1f} MiB   x {now / first:.2f}")
                    month = step.month
            print(f"{month:8} {resident_mib(processor.pid):7.1f} MiB   x {resident_mib(processor.pid) / first:.2f}")


if __name__ == "__main__":
    sys.exit(main())
