"""Silence must not look like work: what is said once when a model is first seen, and when nothing is accepted."""

import logging
import sys
import time
from typing import Any

from model_monitoring import _config, _guard, _policy
from model_monitoring._decode import decode
from model_monitoring._events import Event
from model_monitoring._model import Identity

__all__ = ["Silence", "announce", "show"]

_logger = logging.getLogger("model_monitoring")
_MAX_MODELS = 1000
_SHOWN_ROWS = 5
_SHOWN_NAMES = 8


def announce(seen: set[Identity], model: Identity, features: list[str], *, own_ids: bool) -> None:
    """Log one line the first time that rows of a model are about to leave.

    Where the application has not set up logging, which would hide it, the line goes to stderr.

    Args:
        seen: models that were announced; added to.
        model: the one that predicted.
        features: names of the columns that leave.
        own_ids: whether the prediction ids were made here.
    """
    if model in seen or len(seen) >= _MAX_MODELS:
        return
    seen.add(model)
    line = (
        f"monitoring {model.name}: {_listed(features)}; capture {_policy.current().mode}; "
        f"to {_destination()}; ids {'made here' if own_ids else 'of the caller'}"
    )
    line = "".join(character if character.isprintable() else "?" for character in line)  # names may be hostile
    if _logger.isEnabledFor(logging.INFO):
        _logger.info(line)
    elif not _logger.hasHandlers():
        print(f"model_monitoring: {line}", file=sys.stderr)  # noqa: T201  as logging's last resort


def _listed(names: list[str]) -> str:
    if not names:
        return "no features"
    shown = ", ".join(names[:_SHOWN_NAMES])
    return f"{len(names)} features ({shown}{', ...' if len(names) > _SHOWN_NAMES else ''})"


def _destination() -> str:
    if _config.exporter("logs") == "none":
        return "nowhere (OTEL_LOGS_EXPORTER)"
    default = "http://localhost:4317" if _config.exporter("logs") == "grpc" else "http://localhost:4318"
    scheme, separator, rest = (_config.endpoint("logs") or default).partition("://")
    return scheme + separator + rest.rpartition("@")[2]  # a password in a URL stays out of the log


class Silence:
    """Watches for the first record that a backend accepts, and warns once where there is none in ten seconds."""

    def __init__(self) -> None:
        self._since = 0.0
        self._settled = False

    def check(self, *, waiting: bool, accepted: bool) -> float | None:
        """Look at the clock.

        Args:
            waiting: whether something is waiting to be accepted.
            accepted: whether anything ever was.

        Returns:
            Seconds until the next look; None where there is no need.
        """
        if self._settled or accepted:
            self._settled = True
            return None
        if not waiting:
            self._since = 0.0
            return None
        self._since = self._since or time.monotonic()
        left = self._since + 10.0 - time.monotonic()
        if left > 0:
            return left
        self._settled = True
        _guard.warn_once("Silence", f"nothing was accepted in 10 s by {_destination()}: is something listening there?")
        return None


def show(event: Event) -> None:
    """Print one record as it leaves, its first rows, to stderr (MODEL_MONITORING_DEBUG=console)."""
    import json  # noqa: PLC0415  for those who asked for it

    shown = {"event": event.name} | {name: _first(value) for name, value in decode(event.attributes).items()}
    print(json.dumps(shown, default=repr), file=sys.stderr)  # noqa: T201  asked for


def _first(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _first(column) for name, column in value.items()}
    return value[:_SHOWN_ROWS] if isinstance(value, list) else value
