"""One engine per process, made at the first prediction or label; what becomes of it in a forked child."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model_monitoring import _config, _guard, _ids, _lifecycle
from model_monitoring._engine import Outside, Runtime
from model_monitoring._ledger import Ledger
from model_monitoring._pipeline import Send
from model_monitoring._spans import app_tracer, own_tracer

if TYPE_CHECKING:
    from model_monitoring._instruments import Instruments

__all__ = ["Outside", "Runtime", "active", "current", "flush", "use"]


def _connect() -> Send | None:
    with _lifecycle.setting_up():
        from model_monitoring._setup import connect_logs  # noqa: PLC0415  heavy: only on the background thread

        return connect_logs()


def _meters(ledger: Ledger) -> tuple["Instruments | None", Callable[[], object]]:
    from model_monitoring._setup import make_instruments  # noqa: PLC0415  as above

    return make_instruments(ledger)


_REAL = Outside(_connect, _meters, app_tracer, own_tracer)
_lock = threading.RLock()
active: Runtime | None = None
"""The runtime of this process, once there is one; read on the hot path."""


def current() -> Runtime:
    """The runtime of this process; made at the first call."""
    return active or _make()


def _make() -> Runtime:
    global active  # noqa: PLW0603  one per process, and a look-up cheaper than an attribute
    with _lock:
        if active is None:
            made = Runtime(_REAL)
            made.start()  # where that fails nothing is kept: the next prediction tries again
            if active is None:
                active = made
                _lifecycle.on_exit(flush)
            else:  # a signal handler has predicted meanwhile
                made.stop()
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


def _after_fork_in_child() -> None:
    """Start afresh: threads did not survive, locks may be held for ever, and what was queued is the parent's."""
    global active, _lock
    inherited: Any = active
    active, _lock = None, threading.RLock()
    _ids.reseed()
    _guard.reset()
    if inherited is not None:
        inherited.ledger.reset()


_lifecycle.at_fork(_after_fork_in_child)
if _config.text("MODEL_MONITORING_FLUSH_ON_SIGTERM").lower() == "true" and not _config.disabled():
    _lifecycle.flush_on_sigterm()
