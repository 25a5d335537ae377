"""The service: every room wired to the next. The file to read first.

OTLP -> Intake -> Committer -> panes on disk -> Evaluator -> snapshots -> gauges, JSON API, page
(decode)  (durable, then acknowledged)   (windows)
"""

import json
import logging
import threading
import time
from collections.abc import Iterator

from model_monitoring_processor.config import ServeOptions
from model_monitoring_processor.export.api import create_app
from model_monitoring_processor.export.meters import MAX_SERIES, Meters
from model_monitoring_processor.export.points import ModelResult
from model_monitoring_processor.export.results import register_results
from model_monitoring_processor.ingest import CommitSummary, Committer, GrpcServer, HttpServer, Intake
from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.evaluator import Evaluator
from model_monitoring_processor.service.identity import instance_id, software_version, write_whole
from model_monitoring_processor.service.queries import StoreMonitor
from model_monitoring_processor.service.rules import Rules, read_rules
from model_monitoring_processor.service.telemetry import Telemetry
from model_monitoring_processor.stats.warm import warm
from model_monitoring_processor.store import Registry, SeenModel, StateFolder
from model_monitoring_processor.web import WebServer

__all__ = ["Service"]

_log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
SCRAPE_SECONDS = 0.5
"""How long what the gauges show may be old: all of them are asked within one scrape."""


class Service:
    """A processor. What can be wrong is found at the start; afterwards nothing ends it but `stop`.

    Args:
        options: of the command line.

    Raises:
        MonitoringError: configuration, references or state cannot be used.
    """

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._rules = read_rules(options)
        retention = self._rules.config.retention
        self._folder = StateFolder(options.state_dir, predictions_days=retention.predictions_days)
        self._meters = Meters(instance_id(options.state_dir), software_version(), self._rules.config.export.otlp)
        self._telemetry = Telemetry(self._meters)
        self._evaluator = Evaluator(self._folder.state, self._folder.registry, self.rules, self._telemetry)
        self._committer = Committer(
            self._folder,
            reference_for=lambda model: self.rules().reference(model),
            pane_seconds_for=lambda model: self.rules().pane_seconds(model),
            on_commit=self._committed,
        )
        self._servers = dict(self._make_servers())
        self._stopping = threading.Event()
        self._evaluating = threading.Thread(target=self._evaluator.run, args=(self._stopping,), name="evaluator")
        self._ready = False
        self._collected: list[ModelResult] = []
        self._collected_at = -SCRAPE_SECONDS

    def rules(self) -> Rules:
        """Return the rules in force."""
        return self._rules

    @property
    def registry(self) -> Registry:
        """Snapshots, and the configurations and references that made them."""
        return self._folder.registry

    # --- life -----------------------------------------------------------------------------------------------
    def start(self) -> dict[str, str]:
        """Listen, and evaluate what an earlier run left.

        Returns:
            Where it listens: `otlp_grpc`, `otlp_http` and `admin`, those that are on. Also written to
            `endpoints.json` in the state folder.

        Raises:
            MonitoringError: an address is taken; nothing is left running.
        """
        try:
            endpoints = self._open()
        except BaseException:
            self.stop()
            raise
        write_whole(self._options.state_dir / "endpoints.json", json.dumps(endpoints))
        self._evaluating.start()
        self._ready = True
        for name, url in endpoints.items():
            _log.info("%s at %s", name, url)
        return endpoints

    def stop(self) -> None:
        """Refuse what comes, store what has come, and let go of the state. Safe to call at any time."""
        self._ready = False
        for name in ("otlp_grpc", "otlp_http"):
            if name in self._servers:
                self._servers[name].stop(STOP_SECONDS)
        self._committer.close()
        self._stopping.set()
        if self._evaluating.is_alive():
            self._evaluating.join()
        self._meters.shutdown()
        if "admin" in self._servers:
            self._servers["admin"].stop(1.0)
        (self._options.state_dir / "endpoints.json").unlink(missing_ok=True)
        self._folder.close()

    def reload(self) -> None:
        """Read configuration and references again; `export` and `retention` are read at the start only.

        Panes and snapshots stay as they are.

        Raises:
            MonitoringError: they cannot be used; the old ones stay in force.
        """
        try:
            self._rules = read_rules(self._options)
        except Exception:
            self._telemetry.reloaded("refused")
            raise
        self._evaluator.catch_up(Moment.now())
        self._telemetry.reloaded("applied")
        _log.info("configuration and references read again")

    def _open(self) -> dict[str, str]:
        warm()  # nothing compiles while a sender waits
        self._telemetry.watch_queue(lambda: self._committer.queue_bytes)
        register_results(self._meters.meter, self._results, MAX_SERIES)
        self._evaluator.catch_up(Moment.now())
        return {name: self._listen(name) for name in self._servers}

    # --- wiring ---------------------------------------------------------------------------------------------
    def _make_servers(self) -> Iterator[tuple[str, GrpcServer | HttpServer | WebServer]]:
        options = self._options
        intake = Intake(self._committer, count=self._telemetry.count, sources=lambda: self.rules().sources)
        if options.otlp_grpc:
            yield "otlp_grpc", GrpcServer(intake, str(options.otlp_grpc))
        if options.otlp_http:
            yield "otlp_http", HttpServer(intake, str(options.otlp_http))
        if options.admin:
            monitor = StoreMonitor(self._folder.state, self._folder.registry, self._evaluator, self.rules)
            app = create_app(monitor, self._meters.exposition, self._is_ready)
            yield "admin", WebServer(app, str(options.admin), option="--admin")

    def _listen(self, name: str) -> str:
        address = getattr(self._options, name)
        return f"http://{address._replace(port=self._servers[name].start())}"

    def _is_ready(self) -> tuple[bool, str]:
        return self._ready, "ready" if self._ready else "starting or stopping"

    def _committed(self, summary: CommitSummary) -> None:
        """Called after every commit, on the writer's thread."""
        self._telemetry.committed(summary)
        newest = {model: c.newest_event / 1e9 for model, c in summary.models.items() if c.newest_event is not None}
        self._evaluator.changed(summary.touched, summary.number, newest, Moment.now())

    def _results(self) -> list[ModelResult]:
        """What the gauges show: asked by each of them, and made once for all of one scrape."""
        now = time.monotonic()
        if now - self._collected_at > SCRAPE_SECONDS:
            self._collected, self._collected_at = [self._result(seen) for seen in self._folder.state.models()], now
        return self._collected

    def _result(self, seen: SeenModel) -> ModelResult:
        reference = self._rules.reference(seen.model)
        return ModelResult(
            seen.model,
            seen.last_event,
            reference.rows if reference else 0,
            self._rules.settings(seen.model).info,
            self._evaluator.latest(seen.model),
        )
