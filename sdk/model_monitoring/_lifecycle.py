"""The ways in which a process ends or doubles, and what is done then: exit, SIGTERM, fork."""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from model_monitoring import _config, _guard

__all__ = ["at_fork", "delay_forks", "flush_on_sigterm", "on_exit", "setting_up"]

_flush: Callable[[float], bool] | None = None
_exit_spent = 0.0
"""Seconds that the exit has waited so far: one budget for all the ways out."""
_before: Any = None
"""What SIGTERM did before our handler."""
_flushed = threading.Event()
_setting_up = threading.Lock()
_MAX_FORK_DELAY = 10.0
_forks_wait = False


def on_exit(flush: Callable[[float], bool]) -> None:
    """Flush at exit, twice: while threads may still be started, which OpenTelemetry's imports need, and at the end.

    Args:
        flush: delivers what is pending, within the seconds that it is given.
    """
    global _flush  # noqa: PLW0603  one per process
    _flush = flush
    register = getattr(threading, "_register_atexit", None)
    if register is not None:
        register(_at_exit)
    atexit.unregister(_at_exit)
    atexit.register(_at_exit)
    for name in ("multiprocessing.util", "billiard.util"):
        if pool := sys.modules.get(name):
            # Their children leave by os._exit, past atexit.
            pool.Finalize(None, _at_exit, exitpriority=10)


def at_fork(start_afresh: Callable[[], None]) -> None:
    """Have something done in every child right after a fork."""

    def in_child() -> None:
        global _flush, _exit_spent, _flushed, _setting_up
        _flush, _exit_spent, _flushed, _setting_up = None, 0.0, threading.Event(), threading.Lock()
        start_afresh()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)


def delay_forks() -> None:
    """Let every fork from now on wait for `setting_up`, ten seconds at most.

    Of such hooks the last one is run first: to be called when the modules that we need, and that have hooks with
    locks of their own (`concurrent.futures.thread`), are imported.
    """
    global _forks_wait
    if _forks_wait or not hasattr(os, "register_at_fork"):
        return
    _forks_wait, held = True, False

    def before() -> None:
        nonlocal held
        held = _setting_up.acquire(timeout=_MAX_FORK_DELAY)

    def in_parent() -> None:
        if held:
            _setting_up.release()

    os.register_at_fork(before=before, after_in_parent=in_parent)


def setting_up() -> threading.Lock:
    """To be held while a background thread imports: a child forked meanwhile could never import the same again."""
    return _setting_up


def flush_on_sigterm() -> bool:
    """Deliver what is pending when SIGTERM comes, within MODEL_MONITORING_EXIT_TIMEOUT; then it takes its course.

    For programs that SIGTERM would end at once, and for forked children. A server that ends in order by itself
    (uvicorn, gunicorn) needs nothing. What was set before, a handler or the default, is done afterwards; children that
    are forked later inherit it. A handler that is set later replaces it.

    Returns:
        Whether it is in place: False on a thread that is not the main one, where Python allows no handlers.
    """
    global _before  # noqa: PLW0603  as above
    if signal.getsignal(signal.SIGTERM) is _on_sigterm:
        return True
    try:
        _before = signal.signal(signal.SIGTERM, _on_sigterm)
    except ValueError:
        _guard.warn_once("Signal", "SIGTERM can be prepared for on the main thread only: nothing will be flushed")
        return False
    return True


def _on_sigterm(number: int, frame: Any) -> None:
    """Return at once and let a thread flush: the frame that was interrupted may hold a lock that a flush needs."""
    if _flush is None or _flushed.is_set():
        _flushed.clear()
        _as_before(number, frame)
    else:
        threading.Thread(target=_flush_and_signal, args=(number,), name="model-monitoring-sigterm", daemon=True).start()


def _flush_and_signal(number: int) -> None:
    _at_exit()
    _flushed.set()
    os.kill(os.getpid(), number)


def _as_before(number: int, frame: Any) -> None:
    if callable(_before):
        _before(number, frame)
    elif _before != signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _at_exit() -> None:
    global _exit_spent  # noqa: PLW0603  as above
    if _flush is not None:
        begun = time.monotonic()
        _flush(max(_config.number("MODEL_MONITORING_EXIT_TIMEOUT") - _exit_spent, 0.0))
        _exit_spent += time.monotonic() - begun
