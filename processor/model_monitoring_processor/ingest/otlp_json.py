"""OTLP/HTTP JSON: the same requests in protobuf's JSON mapping, but for ids, which are hex and not base64."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from google.protobuf.json_format import MessageToJson, ParseDict, ParseError
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons

__all__ = ["MAX_JSON_BYTES", "from_json", "reply_to_json", "status_to_json"]

MAX_JSON_BYTES: Final = 4 << 20
"""Of a request: while it is read, JSON takes some twenty times its size."""

_Signal: TypeAlias = Literal["logs", "traces", "metrics"]

_REQUESTS: dict[_Signal, type[Message]] = {
    "logs": ExportLogsServiceRequest,
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
_REPLIES: dict[_Signal, type[Message]] = {
    "logs": ExportLogsServiceResponse,
    "traces": ExportTraceServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}
_IDS = (("trace_id", 32), ("span_id", 16), ("parent_span_id", 16))
"""Fields that are hex, and how many digits they have."""


def from_json(signal: _Signal, body: bytes) -> bytes:
    """The protobuf form of a request. Fields that are not known are ignored, as OTLP asks for.

    Raises:
        BadData: it is not such a request.
    """
    request = _REQUESTS[signal]()
    try:
        ParseDict(_object(body), request, ignore_unknown_fields=True, max_recursion_depth=64)
        for holder in _holders(signal, request):
            _mend_ids(holder)
        return bytes(request.SerializeToString())
    except (ParseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        message = f"the body is not an OTLP {signal} request in JSON: {str(error)[:200]}"
        raise BadData(reasons.MALFORMED, message) from None


def reply_to_json(signal: _Signal, reply: bytes) -> bytes:
    """An export response in JSON."""
    return bytes(MessageToJson(_REPLIES[signal].FromString(reply), indent=None), "utf-8")


def status_to_json(status: bytes) -> bytes:
    """A google.rpc.Status in JSON."""
    return bytes(MessageToJson(Status.FromString(status), indent=None), "utf-8")


def _object(body: bytes) -> dict[str, Any]:
    plain = json.loads(body)
    if not isinstance(plain, dict):
        raise TypeError("it is no object")
    return plain


def _holders(signal: _Signal, request: Any) -> Iterator[Any]:
    """Every part of a request that holds ids; those of points are not read."""
    if signal == "traces":
        for of_resource in request.resource_spans:
            for of_scope in of_resource.scope_spans:
                for span in of_scope.spans:
                    yield span
                    yield from span.links
    elif signal == "logs":
        for of_resource in request.resource_logs:
            for of_scope in of_resource.scope_logs:
                yield from of_scope.log_records


def _mend_ids(holder: Any) -> None:
    """Protobuf has read the digits as base64: spelt out again they are the digits.

    Raises:
        ValueError: it is no id.
    """
    for field, digits in _IDS:
        wrong = getattr(holder, field, b"")
        if wrong:
            text = b64encode(wrong).decode()
            if len(text) != digits:
                raise ValueError(f"{field} must have {digits} hex digits")
            setattr(holder, field, bytes.fromhex(text))
