"""One MeterProvider for all that the processor says: scraped at `/metrics`, and pushed over OTLP where that is set."""

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.sdk.metrics import Counter as SdkCounter
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import MeterProvider, ObservableGauge
from opentelemetry.sdk.metrics.export import CardinalityLimits, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from model_monitoring.semconv import SCOPE, Metric
from model_monitoring_processor.config.export import OtlpExport

__all__ = ["MAX_SERIES", "OPEN_METRICS", "Meters"]

OPEN_METRICS = "application/openmetrics-text"

MAX_SERIES = 50_000
"""Series of one instrument; OpenTelemetry's own default (2,000) is fifty models of forty features."""

_LIMITS: CardinalityLimits = {SdkCounter: MAX_SERIES, SdkHistogram: MAX_SERIES, ObservableGauge: MAX_SERIES}


class Meters:
    """Makes instruments from their declarations, and shows them.

    Args:
        instance_id: stable over restarts, so that series go on.
        version: of this software.
        otlp: where results are pushed to; None: nowhere, they are scraped.
    """

    def __init__(self, instance_id: str, version: str, otlp: OtlpExport | None) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        readers: list[MetricReader] = [
            PrometheusMetricReader(scope_info_enabled=False, registry=self._registry, cardinality_limits=_LIMITS)
        ]
        if otlp is not None:
            readers.append(_pushing(otlp))
        resource = Resource.create(
            {
                "service.name": "model-monitoring-processor",
                "service.instance.id": instance_id,
                "service.version": version,
            }
        )
        self.provider = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)
        self.meter: Meter = self.provider.get_meter(SCOPE, version)

    def counter(self, metric: Metric) -> Counter:
        """Make a counter."""
        return self.meter.create_counter(metric.name, metric.unit, metric.brief)

    def histogram(self, metric: Metric) -> Histogram:
        """Make a histogram with the declared bucket edges."""
        return self.meter.create_histogram(
            metric.name, metric.unit, metric.brief, explicit_bucket_boundaries_advisory=metric.buckets
        )

    def exposition(self, accept: str = OPEN_METRICS) -> tuple[bytes, str]:
        """Body and content type of `/metrics`, in the format that is asked for.

        Args:
            accept: the request's Accept header. Prometheus asks for OpenMetrics, which alone carries exemplars.
        """
        encode, content_type = choose_encoder(accept)
        body: bytes = encode(self._registry)
        return body, content_type

    def shutdown(self) -> None:
        """Push what is left, within two seconds."""
        self.provider.shutdown(timeout_millis=2_000)


def _pushing(otlp: OtlpExport) -> MetricReader:
    interval = otlp.interval_seconds * 1000.0
    headers = dict(otlp.headers)
    if otlp.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import (  # noqa: PLC0415 - only where asked for
            OTLPMetricExporter as GrpcExporter,
        )

        grpc = GrpcExporter(endpoint=otlp.endpoint, headers=headers, insecure=otlp.endpoint.startswith("http://"))
        return PeriodicExportingMetricReader(grpc, interval, cardinality_limits=_LIMITS)
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415 - only where asked for
        OTLPMetricExporter as HttpExporter,
    )

    http = HttpExporter(endpoint=otlp.endpoint.rstrip("/") + "/v1/metrics", headers=headers)
    return PeriodicExportingMetricReader(http, interval, cardinality_limits=_LIMITS)
