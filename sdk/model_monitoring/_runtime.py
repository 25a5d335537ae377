"""One per process: the ring, the background threads and what they send to. Made at the first prediction or label."""

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from model_monitoring import _config, _guard, _ids
from model_monitoring._buffers import MAX_AGE, Buffers
from model_monitoring._call import Call, Labels
from model_monitoring._ledger import Ledger
from model_monitoring._pipeline import Pipeline, Send
from model_monitoring._ring import Ring
from model_monitoring._spans import app_tracer, own_tracer
from model_monitoring._worker import Worker

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from model_monitoring._instruments import Instruments

__all__ = ["Outside", "Runtime", "active", "current", "flush", "use"]

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
        self._instruments: Instruments | None = None
        self._export_own: Callable[[], object] | None = None
        self.pipeline = Pipeline(self.ledger, int(_config.number("MODEL_MONITORING_QUEUE_BYTES")), outside.connect)
        self._buffers = Buffers(self.ledger, self.pipeline.put)
        self._drain = Worker("model-monitoring-drain", self._drain_step)
        self._meter = Worker("model-monitoring-metrics", self._meter_step, first=_metric_interval())

    def start(self) -> None:
        """Start the threads and look for the app's tracer.

        Raises:
            RuntimeError: a thread cannot be started now; those that were are stopped again.
        """
        # OpenTelemetry's SDK imports it, in our threads; it cannot be imported once the process has begun to end.
        import concurrent.futures.thread  # noqa: PLC0415, F401

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
        """Take over one prediction."""
        if self.ring.put(call) or self._sleeping:
            self._rouse()

    def put_labels(self, labels: Labels) -> None:
        """Take over labels."""
        if self.ring.put_labels(labels) or self._sleeping:
            self._rouse()

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
        return _DRAIN_INTERVAL if len(self.ring) else None

    def _set_up_metrics(self) -> None:
        try:
            self._instruments, self._export_own = self._outside.meters(self.ledger)
        except Exception as error:  # noqa: BLE001  rows go out without metrics too
            self._export_own = lambda: None
            _guard.warn_once(type(error).__name__, f"no metrics of the SDK: {error!r}"[:500])

    def _set_up_tracer(self) -> None:
        """Follow the app's tracer as soon as there is one; ours is made once, and may fail without harm to rows."""
        if self.tracer is None:
            self._find_tracer(self._outside.app_tracer)
        if self.tracer is None and not self._own_tracer_tried:
            self._own_tracer_tried = True
            self._find_tracer(self._outside.own_tracer)

    def _find_tracer(self, find: "Callable[[], Tracer | None]") -> None:
        try:
            self.tracer = find()
        except Exception as error:  # noqa: BLE001  predictions go out without spans too
            _guard.warn_once(type(error).__name__, f"no spans of the SDK: {error!r}"[:500])

    def _take(self, call: Call, now: float) -> None:
        self.ledger.infer(call.model, call.rows)
        if call.captured is not None:
            self.ledger.take(call.model.identity, call.captured.rows)
            self._buffers.add(call, now)
        try:
            if self._instruments is not None:
                self._instruments.record(call)
        except Exception as error:  # noqa: BLE001  a duration is lost (and counted); the calls behind it are not
            _guard.warn_once(type(error).__name__, f"a duration is not recorded: {error!r}"[:500])

    def _meter_step(self, hurry: bool) -> float | None:  # noqa: ARG002  there is nothing to wait for
        if self._export_own is not None:
            self._export_own()
        return _metric_interval()


def _metric_interval() -> float:
    return _config.number("OTEL_METRIC_EXPORT_INTERVAL") / 1000


def _connect() -> Send | None:
    from model_monitoring._setup import connect_logs  # noqa: PLC0415  heavy: only on the background thread

    return connect_logs()


def _meters(ledger: Ledger) -> tuple["Instruments | None", Callable[[], object]]:
    from model_monitoring._setup import make_instruments  # noqa: PLC0415  as above

    return make_instruments(ledger)


_REAL = Outside(_connect, _meters, app_tracer, own_tracer)
_lock = threading.RLock()
_exit_spent = 0.0
"""Seconds that exit has waited so far."""
_starting: list[Runtime] = []
active: Runtime | None = None
"""The runtime of this process, once there is one; read on the hot path."""


def current() -> Runtime:
    """The runtime of this process; made at the first call."""
    return active or _make()


def _make() -> Runtime:
    """Make the runtime; one whose threads cannot start is not kept, and the next prediction tries again.

    A signal handler may predict at any point in here, on this very thread, and must get the same runtime: rows in
    another one's ring would be nobody's to flush. While the threads are being started it gets the one whose they are,
    for `threading` cannot start threads within the start of another.
    """
    global active  # noqa: PLW0603  one per process, and a look-up cheaper than an attribute
    with _lock:
        if active is not None or _starting:
            return active or _starting[0]
        _starting.append(Runtime(_REAL))
        made = _starting[0]
        try:
            if active is None:  # else a handler was faster, before the line above
                made.start()
                active = made
                _register_exit()
        finally:
            _starting.clear()
        return active


def use(runtime: Runtime | None) -> Runtime | None:
    """Put another runtime in place (tests) and return the one before."""
    global active
    before, active = active, runtime
    return before


def flush(timeout: float = 2.0) -> bool:
    """Deliver all predictions, labels and metrics that were recorded so far.

    Args:
        timeout: seconds to wait at most.

    Returns:
        True where everything was delivered (or dropped and counted), False where the time was over before.
    """
    try:
        return active is None or active.flush(timeout)
    except Exception as error:  # noqa: BLE001  never into the host
        _guard.report(error, "flushing")
        return False


def _register_exit() -> None:
    """Flush at exit, twice: while threads may still be started, which OpenTelemetry's imports need, and at the end."""
    register = getattr(threading, "_register_atexit", None)
    if register is not None:
        register(_at_exit)
    atexit.unregister(_at_exit)
    atexit.register(_at_exit)
    if multiprocessing := sys.modules.get("multiprocessing.util"):
        # Its children leave by os._exit, past atexit.
        multiprocessing.Finalize(None, _at_exit, exitpriority=10)


def _at_exit() -> None:
    global _exit_spent  # noqa: PLW0603  one budget for all the ways out
    if active is not None:
        begun = time.monotonic()
        flush(max(_config.number("MODEL_MONITORING_EXIT_TIMEOUT") - _exit_spent, 0.0))
        _exit_spent += time.monotonic() - begun


def _after_fork_in_child() -> None:
    """Start afresh: threads did not survive, locks may be held for ever, and what was queued is the parent's."""
    global active, _lock, _exit_spent
    inherited: Any = active
    active, _lock, _exit_spent = None, threading.RLock(), 0.0
    _ids.reseed()
    _guard.reset()
    if inherited is not None:
        inherited.ledger.reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
