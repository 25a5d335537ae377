"""The newest results as observable gauges: a series vanishes with its model.

A synchronous gauge would repeat the last value of a vanished series for ever.
"""

from collections.abc import Callable, Iterable
from functools import partial

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from model_monitoring import semconv
from model_monitoring.semconv import Metric
from model_monitoring_processor.export.points import POINTS, ModelResult

__all__ = ["Results", "register_results"]

Results = Callable[[], Iterable[ModelResult]]


def register_results(meter: Meter, results: Results, limit: int) -> None:
    """Make the gauges of all results.

    Args:
        meter: the processor's.
        results: asked at every collection.
        limit: series of one instrument; more are left out, and their number is a gauge of its own.
    """
    dropped: dict[str, int] = {}
    for metric in POINTS:
        observe = partial(_observe, metric, results, limit, dropped)
        meter.create_observable_gauge(metric.name, [observe], metric.unit, metric.brief)
    overflow = semconv.EXPORT_OVERFLOW
    count = lambda _: [Observation(sum(dropped.values()))]  # noqa: E731 - one line, used once
    meter.create_observable_gauge(overflow.name, [count], overflow.unit, overflow.brief)


def _observe(
    metric: Metric, results: Results, limit: int, dropped: dict[str, int], _: CallbackOptions
) -> list[Observation]:
    points = [Observation(value, attributes) for result in results() for value, attributes in POINTS[metric](result)]
    dropped[metric.name] = max(0, len(points) - limit)
    return points[:limit]
