"""Bytes of a request of somebody else's telemetry -> batches. The seam behind which another parser may take over."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.record_count import record_count
from model_monitoring_processor.ingest.sources.mapped import Mapped
from model_monitoring_processor.ingest.sources.match import Source
from model_monitoring_processor.ingest.sources.reading import Reading, scope_of
from model_monitoring_processor.ingest.sources.record import of_log, of_span

__all__ = ["map_logs", "map_spans"]

_OWN_EVENTS = frozenset({semconv.PREDICTION_BATCH, semconv.LABEL_BATCH})


def map_spans(body: bytes, sources: Sequence[Source], now: int) -> Mapped:
    """Read the spans of one ExportTraceServiceRequest that a source takes; spans of our own scope are never taken.

    Args:
        body: protobuf, decompressed.
        sources: of the configuration, for this signal.
        now: wall clock, unix nanoseconds.

    Raises:
        BadData: it is not such a request, or holds too many records. What is wrong with one span costs only that.
    """
    reading = Reading(now)
    for of_resource in _parsed(ExportTraceServiceRequest, body, "traces").resource_spans:
        for of_scope in of_resource.scope_spans:
            scope = scope_of(of_resource.resource, of_scope.scope, sources)
            if scope.sources:
                for span in of_scope.spans:
                    reading.take(scope, partial(of_span, span))
            elif of_scope.spans:
                reading.pass_over(scope, len(of_scope.spans), of_scope.spans[0].name)
    return reading.mapped()


def map_logs(body: bytes, sources: Sequence[Source], now: int) -> Mapped:
    """Read the records of one ExportLogsServiceRequest that a source takes; our own events are `decode_logs`' to read.

    Args:
        body: protobuf, decompressed.
        sources: of the configuration, for this signal.
        now: wall clock, unix nanoseconds.

    Raises:
        BadData: it is not such a request, or holds too many records. What is wrong with one record costs only that.
    """
    reading = Reading(now)
    for of_resource in _parsed(ExportLogsServiceRequest, body, "logs").resource_logs:
        resource = of_resource.resource.SerializeToString(deterministic=True)
        for of_scope in of_resource.scope_logs:
            scope = scope_of(of_resource.resource, of_scope.scope, sources)
            foreign = [record for record in of_scope.log_records if record.event_name not in _OWN_EVENTS]
            if scope.sources:
                for record in foreign:
                    reading.take(scope, partial(of_log, record, resource))
            elif foreign:
                reading.pass_over(scope, len(foreign), foreign[0].event_name)
    return reading.mapped()


def _parsed(kind: type[Message], body: bytes, signal: str) -> Any:
    record_count(body, signal)
    try:
        return kind.FromString(body)
    except DecodeError as error:
        message = f"the body is not an OTLP {signal} request in protobuf: {error}"
        raise BadData(reasons.MALFORMED, message) from error
