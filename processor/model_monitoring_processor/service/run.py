"""`model-monitoring serve`: a service from start to signal."""

import logging
import signal
import sys
import threading
from types import FrameType

from model_monitoring_processor.config import ServeOptions
from model_monitoring_processor.errors import MonitoringError
from model_monitoring_processor.service.service import Service

__all__ = ["run"]

_log = logging.getLogger(__name__)


def run(options: ServeOptions) -> int:
    """Serve until SIGINT or SIGTERM; SIGHUP reads the configuration again.

    Args:
        options: of the command line.

    Returns:
        The exit code.

    Raises:
        MonitoringError: the service cannot start; the message says what to do.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop, reload = threading.Event(), threading.Event()
    _on_signal(("SIGINT", "SIGTERM"), stop)
    _on_signal(("SIGHUP",), reload)
    service = Service(options)
    service.start()
    try:
        # Short waits: an event that is set inside a signal handler does not wake a wait on every platform.
        while not stop.wait(0.2):
            if reload.is_set():
                reload.clear()
                _reload(service)
    finally:
        _log.info("stopping: what was received is being stored")
        service.stop()
    return 0


def _on_signal(names: tuple[str, ...], event: threading.Event) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        event.set()

    for name in names:
        if hasattr(signal, name):  # SIGHUP is not everywhere
            signal.signal(getattr(signal, name), handler)


def _reload(service: Service) -> None:
    """A configuration that cannot be used leaves the one in force, whatever is wrong with it."""
    try:
        service.reload()
    except MonitoringError as error:
        _log.error("configuration not reloaded, the old one stays in force: %s", error)
    except Exception:  # noqa: BLE001 - a signal must not end the service
        _log.exception("configuration not reloaded, the old one stays in force")
