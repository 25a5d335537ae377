"""OpenTelemetry's exporters log every attempt that fails. Of ours one line per cause is enough; the app's stay."""

import logging
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["quiet"]

_SHARED = ("opentelemetry.exporter.otlp.proto.grpc.exporter", "opentelemetry.exporter.otlp.common.http")
"""Where exporters log, beside their own modules."""


class _OncePerCause(logging.Filter):
    """Lets a line of ours pass where it is the first of its export and its message is new."""

    def __init__(self) -> None:
        super().__init__()
        self.export = threading.local()
        self._said: set[tuple[str, str]] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or not getattr(self.export, "running", False):
            return True
        first, self.export.silent = self.export.silent, False
        cause = (record.name, str(record.msg))
        if not first or cause in self._said:
            return False
        self._said.add(cause)
        return True


_once = _OncePerCause()


def quiet(export: Callable[..., Any], logger: str) -> Callable[..., Any]:
    """Make an exporter's method say each cause of its failures once.

    Args:
        export: the method; of an exporter that is ours alone.
        logger: that the exporter's module uses, which exporters of the app may share.
    """
    for name in (logger, *_SHARED):
        logging.getLogger(name).addFilter(_once)

    def export_quietly(*args: Any, **kwargs: Any) -> Any:
        _once.export.running = _once.export.silent = True
        try:
            return export(*args, **kwargs)
        finally:
            _once.export.running = False

    return export_quietly
