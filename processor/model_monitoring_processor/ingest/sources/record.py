"""A span or a log record in one form, with its attributes as Python values."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import short

__all__ = ["BODY", "Record", "Values", "named_values", "of_log", "of_span"]

Values: TypeAlias = dict[str, Any]
"""Attributes: str, bool, int, float, bytes, None, list or dict of such, by name."""

BODY = "$body"
"""What the body of a log record is called where an attribute's name is expected."""

_NO_TRACE, _NO_SPAN = bytes(16), bytes(8)


@dataclass(slots=True)
class Record:
    """What a source reads."""

    name: str
    """Of the span, or of the event."""
    attributes: Values
    time: int
    """Unix nanoseconds: start of the span, time of the record."""
    identity: bytes
    """What makes it this record and no other, wherever and with whatever it comes."""
    context: bytes
    """(24,) trace id and span id; zeros where there is none."""
    latency: float = float("nan")
    """Seconds."""
    tracestate: str = ""
    failed: bool = False


def of_span(span: Span) -> Record:
    """Read a span.

    Raises:
        BadData: it has no id, or an attribute twice.
    """
    trace, own = span.trace_id, span.span_id
    if len(trace) != 16 or len(own) != 8 or trace == _NO_TRACE or own == _NO_SPAN:
        raise BadData(reasons.IDS, f"the span {short(span.name)} has no valid trace id and span id")
    context = trace + own
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    return Record(
        name=span.name,
        attributes=named_values(span.attributes),
        time=start or end,
        identity=context,
        context=context,
        latency=(end - start) / 1e9 if end >= start > 0 else float("nan"),
        tracestate=span.trace_state,
        failed=span.status.code == 2,
    )


def of_log(record: LogRecord, resource: bytes) -> Record:
    """Read a log record; the body is one of its attributes, under the name `BODY`.

    Many records may belong to one span, so that a record is known by all that it says, and who says it.

    Args:
        record: the record.
        resource: bytes that tell its resource from others.

    Raises:
        BadData: an attribute occurs twice.
    """
    attributes = named_values(record.attributes)
    attributes[BODY] = _value(record.body)
    valid = len(record.trace_id) == 16 and len(record.span_id) in (0, 8)
    return Record(
        name=record.event_name,
        attributes=attributes,
        time=record.time_unix_nano or record.observed_time_unix_nano,
        identity=resource + record.SerializeToString(deterministic=True),
        context=record.trace_id + (record.span_id or _NO_SPAN) if valid else _NO_TRACE + _NO_SPAN,
    )


def named_values(pairs: Iterable[KeyValue]) -> Values:
    """Attributes by name.

    Raises:
        BadData: a name occurs twice: which one was meant cannot be known.
    """
    found: Values = {}
    for pair in pairs:
        key = pair.key
        if key in found:
            raise BadData(reasons.DUPLICATE_NAME, f"{short(key)} occurs twice")
        found[key] = _value(pair.value)
    return found


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "kvlist_value":
        return named_values(value.kvlist_value.values)
    if kind == "array_value":
        return [_value(entry) for entry in value.array_value.values]
    return getattr(value, kind)
