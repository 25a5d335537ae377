"""The metrics of the SDK on the default registry of prometheus_client, for those who scrape the service itself."""

from threading import Lock

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider

from model_monitoring import _runtime
from model_monitoring._instruments import Instruments

__all__ = ["expose"]

_lock = Lock()
_reader: PrometheusMetricReader | None = None
_exposed: _runtime.Runtime | None = None


def expose() -> None:
    """Put the metrics of this process's runtime on the registry; in a forked child in place of its parent's."""
    global _reader, _exposed  # noqa: PLW0603  the registry is one per process too
    runtime = _runtime.current()
    if runtime is _exposed:
        return
    with _lock:
        if runtime is _exposed or _shown_by_the_app():
            return
        if _reader is not None:
            _reader.shutdown()
        # The names of docs/metrics.md: the Collector adds no labels of the scope either.
        _reader = PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False)
        runtime.observe(Instruments(MeterProvider([_reader], shutdown_on_exit=False), runtime.ledger))
        _exposed = runtime


def _shown_by_the_app() -> bool:
    """Whether the application's MeterProvider, which has our instruments too, is on the registry already."""
    readers = getattr(metrics.get_meter_provider(), "_metric_readers", ())  # there is no public way to ask
    return any(isinstance(reader, PrometheusMetricReader) for reader in readers)
