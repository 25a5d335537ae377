"""Time of `import model_monitoring` against importing the OpenTelemetry SDK (traces, metrics, logs).

Run: PYTHONPATH=sdk python benchmarks/sdk_import.py

Medians over fresh interpreters that take turns; the bare interpreter is given too.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
CODE = {
    "bare interpreter": "",
    "OpenTelemetry SDK": "import opentelemetry.sdk.trace, opentelemetry.sdk.metrics, opentelemetry.sdk._logs",
    "model_monitoring": "import model_monitoring",
}


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in CODE}
    for _ in range(ROUNDS):
        for name, code in CODE.items():
            times[name].append(_seconds(code))
    medians = {name: statistics.median(of) for name, of in times.items()}
    for name, median in medians.items():
        print(f"{name:20s} {median * 1000:7.1f} ms")
    print(f"ratio {medians['model_monitoring'] / medians['OpenTelemetry SDK']:.2f}")


if __name__ == "__main__":
    main()
