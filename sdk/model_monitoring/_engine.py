"""The machinery behind a prediction: the ring, the background threads and what they send to."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from model_monitoring import _announce, _config, _guard, _lifecycle
from model_monitoring._buffers import MAX_AGE, Buffers
from model_monitoring._call import Call, Labels
from model_monitoring._events import Event
from model_monitoring._ledger import Ledger
from model_monitoring._pipeline import Pipeline, Send
from model_monitoring._ring import Ring
from model_monitoring._worker import Worker

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from model_monitoring._instruments import Instruments

__all__ = ["Outside", "Runtime"]

_DRAIN_INTERVAL = 0.1


class Outside(NamedTuple):
    """Where telemetry goes; tests put something else here. All are called on background threads but `app_tracer`."""

    connect: Callable[[], Send | None]
    meters: Callable[[Ledger], tuple["Instruments | None", Callable[[], object]]]
    """Makes the instruments, and what exports our own metrics and spans now."""
    app_tracer: Callable[[], "Tracer | None"]
    """Finds the tracer that the app has made already; a mere look-up, on the caller's thread too."""
    own_tracer: Callable[[], "Tracer | None"] = lambda: None
    """Makes one of ours, where it is asked for: imports and opens what it needs."""


class Runtime:
    """The machinery behind the decorator.

    Args:
        outside: where telemetry goes.
        background: whether threads do the work; without, `flush` does it all on the thread that calls it.
    """

    def __init__(self, outside: Outside, *, background: bool = True) -> None:
        self.ledger = Ledger()
        rows, size = _config.number("MODEL_MONITORING_RING_ROWS"), _config.number("MODEL_MONITORING_RING_BYTES")
        self.ring = Ring(int(rows), int(size), self.ledger)
        self.tracer: Tracer | None = None
        self._own_tracer_tried = False
        self._outside = outside
        self._background = background
        self._sleeping = True
        self._instruments: list[Instruments] = []
        self._export_own: Callable[[], object] | None = None
        self.pipeline = Pipeline(self.ledger, int(_config.number("MODEL_MONITORING_QUEUE_BYTES")), outside.connect)
        self._silence = _announce.Silence()
        self._buffers = Buffers(self.ledger, self._emit)
        self._drain = Worker("model-monitoring-drain", self._drain_step)
        self._meter = Worker("model-monitoring-metrics", self._meter_step, first=_metric_interval())

    def start(self) -> None:
        """Start the threads and look for the app's tracer.

        Raises:
            RuntimeError: a thread cannot be started now; those that were are stopped again.
        """
        # OpenTelemetry's SDK imports it, in our threads; it cannot be imported once the process has begun to end.
        import concurrent.futures.thread  # noqa: PLC0415, F401

        _lifecycle.delay_forks()
        if self._background:
            try:
                for worker in self._workers():
                    worker.start()
            except BaseException:
                self.stop()
                raise
        self._find_tracer(self._outside.app_tracer)

    def stop(self) -> None:
        """Let the threads end, of a runtime that will not be used."""
        for worker in self._workers():
            worker.stop()

    def _workers(self) -> tuple[Worker, ...]:
        return self._drain, self.pipeline.worker, self._meter

    def put(self, call: Call) -> None:
        """Take over one prediction; of one that does not count only its rows are noted."""
        if call.excluded:
            self.ledger.exclude(call.model.identity, call.excluded, call.rows)
        elif self.ring.put(call) or self._sleeping:
            self._rouse()

    def put_labels(self, labels: Labels) -> None:
        """Take over labels."""
        if self.ring.put_labels(labels) or self._sleeping:
            self._rouse()

    def observe(self, instruments: "Instruments") -> None:
        """Let further instruments have the durations of calls."""
        self._instruments.append(instruments)

    def pending(self) -> int:
        """Rows and labels that are neither delivered nor dropped yet."""
        return self.ring.rows + self.ring.labels + self.ledger.pending()

    def flush(self, timeout: float) -> bool:
        """Deliver everything; True where that was done within the time, seconds."""
        if not self._background:
            self._drain_step(True)
            self.pipeline.worker.run_once()
            self._meter_step(True)
            return self.pipeline.is_empty()
        deadline = time.monotonic() + timeout
        if not self._drain.wait_for(self._drain.ask(), deadline):
            return False
        sent, metered = self.pipeline.worker.ask(), self._meter.ask()
        delivered = self.pipeline.worker.wait_for(sent, deadline) and self.pipeline.is_empty()
        return self._meter.wait_for(metered, deadline) and delivered

    def _rouse(self) -> None:
        self._sleeping = False
        self._drain.wake()

    def _drain_step(self, hurry: bool) -> float | None:
        """Move what is in the ring to the buffers, and full or old buffers to the pipeline."""
        if self._export_own is None:
            self._set_up_metrics()
        self._set_up_tracer()
        now = time.monotonic()
        for entry in self.ring.take():
            if isinstance(entry, Call):
                self._take(entry, now)
            else:
                self.ledger.take_labels(entry.identity, len(entry.ids))
                self._buffers.add_labels(entry, now)
        self._buffers.send(now if hurry else now - MAX_AGE)
        if len(self._buffers):
            return _DRAIN_INTERVAL
        self._sleeping = True
        if len(self.ring):
            return _DRAIN_INTERVAL
        return self._silence.check(waiting=self.ledger.pending() > 0, accepted=self.pipeline.accepted)

    def _emit(self, event: Event) -> None:
        if _config.debugging():
            _announce.show(event)
        self.pipeline.put(event)

    def _set_up_metrics(self) -> None:
        try:
            with _lifecycle.setting_up():
                instruments, self._export_own = self._outside.meters(self.ledger)
            if instruments is not None:
                self.observe(instruments)
        except Exception as error:  # noqa: BLE001  rows go out without metrics too
            self._export_own = lambda: None
            _guard.warn_once(type(error).__name__, f"no metrics of the SDK: {_guard.told(error)}")

    def _set_up_tracer(self) -> None:
        """Follow the app's tracer as soon as there is one; ours is made once, and may fail without harm to rows."""
        if self.tracer is None:
            self._find_tracer(self._outside.app_tracer)
        if self.tracer is None and not self._own_tracer_tried:
            self._own_tracer_tried = True
            with _lifecycle.setting_up():
                self._find_tracer(self._outside.own_tracer)

    def _find_tracer(self, find: "Callable[[], Tracer | None]") -> None:
        try:
            self.tracer = find()
        except Exception as error:  # noqa: BLE001  predictions go out without spans too
            _guard.warn_once(type(error).__name__, f"no spans of the SDK: {_guard.told(error)}")

    def _take(self, call: Call, now: float) -> None:
        self.ledger.infer(call.model, call.rows)
        if call.captured is not None:
            self.ledger.take(call.model.identity, call.captured.rows)
            self._buffers.add(call, now)
        for instruments in self._instruments if call.duration_ns >= 0 else ():
            try:
                instruments.record(call)
            except Exception as error:  # noqa: BLE001  a duration is lost (and counted); the calls behind it are not
                _guard.warn_once(type(error).__name__, f"a duration is not recorded: {_guard.told(error)}")

    def _meter_step(self, hurry: bool) -> float | None:  # noqa: ARG002  there is nothing to wait for
        if self._export_own is not None:
            self._export_own()
        return _metric_interval()


def _metric_interval() -> float:
    return _config.number("OTEL_METRIC_EXPORT_INTERVAL") / 1000
