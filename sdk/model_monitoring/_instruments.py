"""The metrics of the SDK, made from their one declaration in `semconv`.

Counters are observed from the ledger when a reader asks; only durations are recorded one by one, in the background.
"""

from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, Histogram, Meter, MeterProvider, Observation

from model_monitoring import _guard, semconv
from model_monitoring._call import Call
from model_monitoring._ledger import Ledger
from model_monitoring._model import Identity

__all__ = ["Instruments"]

_Points = Iterable[tuple[dict[str, str], int]]


class Instruments:
    """All instruments on one provider.

    Args:
        provider: the app's or ours.
        ledger: what the counters observe.
    """

    def __init__(self, provider: MeterProvider, ledger: Ledger) -> None:
        meter = provider.get_meter(semconv.SCOPE)
        self._duration = _histogram(meter, semconv.INFERENCE_DURATION)
        _observe(meter, semconv.INFERENCE_ROWS, lambda: _inferred(ledger))
        _observe(meter, semconv.SDK_ROWS_CAPTURED, lambda: _by_model(ledger.captured.copy()))
        _observe(meter, semconv.SDK_ROWS_DROPPED, lambda: _by_reason(ledger.dropped.copy()))
        _observe(meter, semconv.SDK_ROWS_EXCLUDED, lambda: _by_reason(ledger.excluded.copy()))
        _observe(meter, semconv.SDK_LABELS_CAPTURED, lambda: _by_model(ledger.labels_captured.copy()))
        _observe(meter, semconv.SDK_LABELS_DROPPED, lambda: _by_reason(ledger.labels_dropped.copy()))
        _observe(meter, semconv.SDK_ERRORS, lambda: (({semconv.ERROR_TYPE: e}, n) for e, n in _guard.errors().items()))

    def record(self, call: Call) -> None:
        """Record the duration of one call."""
        attributes = call.model.metric_attributes()
        if call.error_type:
            attributes[semconv.ERROR_TYPE] = call.error_type
        self._duration.record(call.duration_ns / 1e9, attributes)


def _inferred(ledger: Ledger) -> _Points:
    for model, rows in ledger.inferred.copy().items():
        yield model.metric_attributes(), rows


def _by_model(captured: dict[Identity, int]) -> _Points:
    for identity, rows in captured.items():
        yield identity.attributes(), rows


def _by_reason(dropped: dict[tuple[Identity, str], int]) -> _Points:
    for (identity, reason), rows in dropped.items():
        yield identity.attributes() | {semconv.REASON: reason}, rows


def _histogram(meter: Meter, of: semconv.Metric) -> Histogram:
    return meter.create_histogram(of.name, of.unit, of.brief, explicit_bucket_boundaries_advisory=list(of.buckets))


def _observe(meter: Meter, of: semconv.Metric, points: Callable[[], _Points]) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, attributes) for attributes, value in points()]

    meter.create_observable_counter(of.name, [callback], of.unit, of.brief)
