"""Providers that `instrument()` was given; they come before the global ones and before those of our own.

There is one runtime in a process, and so one of each: the newest given wins. To be given before the first prediction.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["Providers", "given", "use"]


class Providers(NamedTuple):
    """None: not given."""

    tracer: "TracerProvider | None" = None
    meter: "MeterProvider | None" = None
    logger: "LoggerProvider | None" = None


_given = Providers()


def given() -> Providers:
    """What was given so far."""
    return _given


def use(providers: Providers) -> None:
    """Take those that are given; the others stay as they are."""
    global _given  # noqa: PLW0603  one per process
    tracer, meter, logger = providers
    _given = Providers(tracer or _given.tracer, meter or _given.meter, logger or _given.logger)
