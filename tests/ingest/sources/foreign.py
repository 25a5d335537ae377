"""Somebody else's telemetry, and sources that read it."""

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from model_monitoring_processor.config import SourceSection
from model_monitoring_processor.ingest.sources import compile_sources, map_logs, map_spans
from tests.ingest.wire import NOW, any_value


def sources(**sections):
    """Sources as the configuration would give them, by name."""
    return compile_sources({name: SourceSection.model_validate(one).resolved() for name, one in sections.items()})


FLAT = sources(flat={"preset": "flat"})
LABELS = {"kind": "labels", "match": {"signal": "logs", "name": "outcome"}, "label": "outcome"}


def trace_id(number):
    return number.to_bytes(16, "big")


def span(number=1, attributes=None, *, name="predict", trace=None, time=NOW, tracestate="", status=0):
    """A span of 10 ms; the model is `fraud` unless the attributes say otherwise (None: no such attribute)."""
    made = Span(
        trace_id=trace_id(number) if trace is None else trace,
        span_id=number.to_bytes(8, "big"),
        name=name,
        start_time_unix_nano=time,
        end_time_unix_nano=time + 10_000_000,
        trace_state=tracestate,
    )
    made.status.code = status
    given = {"ml.model.name": "fraud", "ml.feature.age": 35, "ml.prediction.score": 0.2} | (attributes or {})
    for key, value in given.items():
        if value is not None:
            made.attributes.add(key=key).value.CopyFrom(any_value(value))
    return made


def log(attributes, *, event="prediction", body=None, time=NOW, trace=b""):
    made = LogRecord(event_name=event, time_unix_nano=time, trace_id=trace, span_id=b"12345678" if trace else b"")
    if body is not None:
        made.body.CopyFrom(any_value(body))
    for key, value in attributes.items():
        made.attributes.add(key=key).value.CopyFrom(any_value(value))
    return made


def spans_request(*spans, scope="fraud-service", resource=None):
    """Bytes of an ExportTraceServiceRequest."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add()
    for key, value in (resource or {}).items():
        of_resource.resource.attributes.add(key=key).value.CopyFrom(any_value(value))
    of_scope = of_resource.scope_spans.add()
    of_scope.scope.name = scope
    of_scope.spans.extend(spans)
    return request.SerializeToString()


def logs_request(*records, scope="fraud-service"):
    """Bytes of an ExportLogsServiceRequest."""
    request = ExportLogsServiceRequest()
    of_scope = request.resource_logs.add().scope_logs.add()
    of_scope.scope.name = scope
    of_scope.log_records.extend(records)
    return request.SerializeToString()


def read(*spans, of=FLAT, **more):
    """What is read of one request with these spans."""
    return map_spans(spans_request(*spans, **more), of.spans, NOW)


def read_logs(*records, of):
    return map_logs(logs_request(*records), of.logs, NOW)


def only(mapped):
    """The one batch of a request."""
    assert mapped.refused == {}
    (batch,) = mapped.batches
    return batch


def cells(column):
    """A column as a list; None where it is missing."""
    if hasattr(column, "values"):
        return [None if value != value else value for value in column.values.tolist()]
    return [column.categories[code] if code < len(column.categories) else None for code in column.codes.tolist()]


def table(columns):
    return {name: cells(column) for name, column in columns.items()}


def reasons_of(mapped):
    """Refusals by reason."""
    return {reason: tally.count for (reason, _, _), tally in mapped.refused.items()}


def ignored(mapped):
    return {reason: tally.count for reason, tally in mapped.ignored.items()}
