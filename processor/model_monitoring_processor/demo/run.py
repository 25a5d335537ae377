"""`model-monitoring demo`: a year of real flights, served and monitored, in less than a minute."""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from model_monitoring_processor.config.options import DemoOptions
from model_monitoring_processor.demo import terminal
from model_monitoring_processor.demo.processor import Processor, started
from model_monitoring_processor.errors import MonitoringError

if TYPE_CHECKING:
    import pandas as pd

    from model_monitoring_processor.demo.model import FlightModel

__all__ = ["run_demo"]

_SETTLE_SECONDS = 60.0
_JSON_FIELDS = ("ks", "psi", "js", "chi_squared", "q_value", "verdict")


def run_demo(options: DemoOptions) -> int:
    """Run the demo.

    Args:
        options: of the command line.

    Returns:
        The exit code: 0, also where the user stopped it.
    """
    # A demo that is told to end takes its processor with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    console = Console()
    console.print(
        "[bold]A year of flights from New York, monitored.[/bold]\n"
        "Will a flight be late? A scikit-learn model answers at push-back.\n"
    )
    with _folder(options.state_dir) as folder:
        flights, model, reference = _prepare(console, folder)
        with started(folder, str(options.admin), reference) as processor:
            console.print(f"  live page   [link={processor.page}]{processor.page}[/link]\n")
            _serve(console, processor, model, flights)
            windows = _settled(processor)
            _tell(console, processor, windows)
            if options.json_path is not None:
                _write_json(options.json_path, windows)
                console.print(f"  verdicts    {options.json_path}")
            if not options.exit_when_done:
                _stay(console)
    return 0


@contextmanager
def _folder(state_dir: Path | None) -> Iterator[Path]:
    if state_dir is not None:
        if (state_dir / "state").exists():
            raise MonitoringError(
                f"{state_dir} holds the state of an earlier demo, and its flights would be counted twice: "
                "give another folder with --state-dir, or remove it"
            )
        state_dir.mkdir(parents=True, exist_ok=True)
        yield state_dir
    else:
        with tempfile.TemporaryDirectory(prefix="model-monitoring-demo-", ignore_cleanup_errors=True) as name:
            yield Path(name)


def _prepare(console: Console, folder: Path) -> "tuple[pd.DataFrame, FlightModel, Path]":
    """Read the data, fit the model, freeze its reference. The imports cost seconds: so they wait until here."""
    with console.status("reading 336,776 flights and the weather") as status:
        from model_monitoring_processor.demo.data import FEATURES, departed_flights  # noqa: PLC0415
        from model_monitoring_processor.demo.model import LAST_TRAINING_MONTH, FlightModel  # noqa: PLC0415
        from model_monitoring_processor.demo.replay import MODEL_NAME  # noqa: PLC0415
        from model_monitoring_processor.reference import build  # noqa: PLC0415

        flights = departed_flights()
        status.update("fitting the model on January and February")
        model = FlightModel(flights)
        status.update("freezing the reference")
        training = flights[flights.month <= LAST_TRAINING_MONTH]
        columns = {name: training[name].to_numpy() for name in FEATURES}
        columns["score"] = model.score(training)
        reference = build(columns, model=MODEL_NAME, outputs=("score",))
        path = folder / f"{MODEL_NAME}.mmref"
        reference.save(path)
    console.print(f"  model       {MODEL_NAME}: logistic regression, fitted on January and February")
    console.print(f"  reference   {len(training):,} flights, {len(FEATURES)} features, {reference.hash[:12]}")
    return flights, model, path


def _serve(console: Console, processor: Processor, model: "FlightModel", flights: "pd.DataFrame") -> None:
    """Serve the year with the SDK pointed at the processor, as a user's own service would be."""
    os.environ.setdefault("OTEL_SERVICE_NAME", "flight-delay-service")
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = processor.otlp
    os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf"
    # Latency and throughput of the service go to a Collector; here is none, and the processor needs only the events.
    os.environ["OTEL_METRICS_EXPORTER"] = "none"
    from model_monitoring_processor.demo.model import LAST_TRAINING_MONTH  # noqa: PLC0415
    from model_monitoring_processor.demo.replay import replay  # noqa: PLC0415

    total = int((flights.month > LAST_TRAINING_MONTH).sum())
    columns = (SpinnerColumn(), TextColumn("serving {task.fields[month]}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("flights"), TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("serve", total=total, month="2013-03")
        for step in replay(model, flights):
            progress.update(task, advance=step.rows, month=step.month)


def _settled(processor: Processor) -> list[dict[str, Any]]:
    """Wait until every window is closed, all labels included.

    Raises:
        MonitoringError: it takes longer than a minute.
    """
    deadline = time.monotonic() + _SETTLE_SECONDS
    model: Mapping[str, Any] = {}
    while time.monotonic() < deadline:
        models = processor.get("/api/models")["models"]
        if models:
            model = models[0]
            identity = {key: model[key] for key in ("name", "version", "environment")}
            windows: list[dict[str, Any]] = processor.get("/api/windows", **identity)["windows"]
            if windows and all(window["closed"] for window in windows) and not model["pending"]:
                return windows
        time.sleep(0.2)
    raise MonitoringError(f"the processor did not finish within {_SETTLE_SECONDS:.0f} s; it last said: {model}")


def _tell(console: Console, processor: Processor, windows: list[dict[str, Any]]) -> None:
    console.print()
    terminal.print_verdicts(console, windows)
    terminal.print_judgement(console, terminal.judgement_of(windows))
    rows = sum(window["provenance"]["rows_received"] for window in windows)
    labels = sum(window["performance"]["labelled"] for window in windows if window["performance"])
    console.print(f"  stored      {rows:,} predictions, {labels:,} labels")
    console.print(f"  metrics     {processor.page}/metrics   (Prometheus scrapes this)")
    console.print(f"  live page   {processor.page}\n")
    terminal.print_next_steps(console)


def _write_json(path: Path, windows: list[dict[str, Any]]) -> None:
    verdicts = [
        {"window": window["window"]["name"], "feature": column["name"]}
        | {field: column[field] for field in _JSON_FIELDS}
        for window in windows
        for column in window["columns"]
    ]
    path.write_text(json.dumps(verdicts, indent=1) + "\n", encoding="utf-8")


def _stay(console: Console) -> None:
    console.print("[bold]The page stays up. Ctrl-C ends the demo.[/bold]")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print()
