"""OpenTelemetry's side: which exporters, providers and resource are used. Imported by background threads only.

The app's own providers are followed where it has set them. Otherwise there are private ones of ours, never set as
global. Nothing is shut down at exit by OpenTelemetry itself: that takes up to 30 s against a dead backend.
"""

import math
import sys
import uuid
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, cast

from opentelemetry import metrics, trace
from opentelemetry._logs import LoggerProvider, LogRecord
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, set_value
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.re import parse_env_headers

from model_monitoring import _clock, _config, _providers, semconv
from model_monitoring._events import Event
from model_monitoring._instruments import Instruments
from model_monitoring._ledger import Ledger
from model_monitoring._pipeline import Send
from model_monitoring._quiet import quiet

__all__ = ["connect_logs", "log_records", "make_instruments", "make_tracer"]

_INSTANCE_ID = "service.instance.id"
_LOGS_PATH = "/v1/logs"
_AT_FIRST_REQUEST = ("encodings.idna", "netrc")
"""Modules that the HTTP client would import at its first request, when a fork does not wait (`_lifecycle`)."""
_CLASSES = {"log": "OTLPLogExporter", "metric": "OTLPMetricExporter", "trace": "OTLPSpanExporter"}


_own_tracer_provider: TracerProvider | None = None


def make_instruments(ledger: Ledger) -> tuple[Instruments | None, Callable[[], object]]:
    """Instruments on the app's MeterProvider, or on one of ours; and what exports our own providers' data now."""
    attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
    app = _providers.given().meter or metrics.get_meter_provider()
    if type(app).__name__ != "_ProxyMeterProvider":
        return Instruments(app, ledger), _flush_spans
    exporter = None if _only_scraped() else _exporter("metric")
    if exporter is None:
        return None, _flush_spans
    # An infinite interval: the reader starts no thread. Python 3.12 starts none during exit, ours is there already.
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=math.inf)
    provider = MeterProvider([reader], resource=_resource(), shutdown_on_exit=False)

    def export() -> None:
        try:
            reader.collect()
        finally:
            _flush_spans()

    return Instruments(provider, ledger), export


def _only_scraped() -> bool:
    """Whether a `MetricsCollector` shows the metrics to Prometheus, and no one asked for OTLP."""
    return "model_monitoring._prometheus" in sys.modules and not _config.endpoint("metrics")


def make_tracer() -> trace.Tracer | None:
    """Tracer of a private provider; None unless `OTEL_TRACES_EXPORTER=otlp`."""
    global _own_tracer_provider  # noqa: PLW0603  one per process, to be flushed with the metrics
    exporter = _exporter("trace")
    if exporter is None:
        return None
    _own_tracer_provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    _own_tracer_provider.add_span_processor(BatchSpanProcessor(exporter))
    return _own_tracer_provider.get_tracer(semconv.SCOPE)


def _flush_spans() -> None:
    if _own_tracer_provider is not None:
        _own_tracer_provider.force_flush(1000)


def _resource() -> Resource:
    """The app's resource where its TracerProvider tells it, else the environment's."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        return provider.resource
    try:
        made = Resource.create()
    except RuntimeError:  # its detectors start threads, which Python refuses while it is shutting down
        made = Resource({"service.name": _config.service_name() or "unknown_service"})
    return made if _INSTANCE_ID in made.attributes else made.merge(Resource({_INSTANCE_ID: str(uuid.uuid4())}))


def connect_logs() -> Send | None:
    """Make the log exporter that the environment asks for, to be used by the calling thread alone."""
    # Or an instrumented `requests` would make a span of every export.
    attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
    if (given := _providers.given().logger) is not None:
        return _through(given)
    exporter = cast("LogRecordExporter | None", _exporter("log"))
    if exporter is None:
        return None
    of = _resource()
    return lambda events: exporter.export(log_records(events, of)) is LogRecordExportResult.SUCCESS


def _through(provider: LoggerProvider) -> Send:
    """Hand events to a provider that was given; what becomes of them is its processors' business."""
    logger = provider.get_logger(semconv.SCOPE)

    def send(events: list[Event]) -> bool:
        for record in log_records(events, Resource({})):
            logger.emit(record.log_record)
        return True

    return send


def log_records(events: list[Event], of: Resource) -> Sequence[ReadableLogRecord]:
    """OpenTelemetry's form of our events. No attribute limits: a cut dictionary would confuse categories."""
    scope = InstrumentationScope(semconv.SCOPE)
    now = _clock.time_ns()
    return [
        ReadableLogRecord(
            LogRecord(timestamp=now, observed_timestamp=now, event_name=event.name, attributes=event.attributes),
            of,
            scope,
        )
        for event in events
    ]


def _exporter(signal: str) -> Any:
    """OTLP exporter of a signal, as it comes; endpoint, headers, TLS and timeout are its own reading of `OTEL_*`."""
    transport = _config.exporter(f"{signal}s")
    if transport == "none":
        return None
    for name in _AT_FIRST_REQUEST if transport == "http" else ():
        import_module(name)
    package = "_log_exporter" if signal == "log" else f"{signal}_exporter"
    module = import_module(f"opentelemetry.exporter.otlp.proto.{transport}.{package}")
    made = getattr(module, _CLASSES[signal])(**(_own_endpoint(transport) if signal == "log" else {}))
    made.export = quiet(made.export, module.__name__)
    return made


def _own_endpoint(transport: str) -> dict[str, Any]:
    """Endpoint and headers that the environment has for ML events alone; what it does not say is the exporter's."""
    given: dict[str, Any] = {}
    endpoint, headers = _config.text("OTEL_EXPORTER_OTLP_ML_ENDPOINT"), _config.text("OTEL_EXPORTER_OTLP_ML_HEADERS")
    if endpoint:
        whole = transport == "grpc" or endpoint.endswith(_LOGS_PATH)
        given["endpoint"] = endpoint if whole else endpoint.rstrip("/") + _LOGS_PATH
    if headers:
        given["headers"] = parse_env_headers(headers, liberal=True)
    return given
