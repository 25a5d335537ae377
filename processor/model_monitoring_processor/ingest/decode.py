"""Bytes of an OTLP logs request -> checked batches. The one seam behind which another parser may take over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import Attributes, by_name, text
from model_monitoring_processor.ingest.label_record import label_batch
from model_monitoring_processor.ingest.prediction_record import prediction_batch
from model_monitoring_processor.ingest.record_count import record_count
from model_monitoring_processor.ingest.rows_of_record import row_count
from model_monitoring_processor.types import LabelBatch, ModelId, PredictionBatch

__all__ = ["Decoded", "Rejection", "decode_logs"]

_LEGACY_ENVIRONMENT = "deployment.environment"


class Rejection(NamedTuple):
    """Rows or labels refused as bad data."""

    kind: Literal["predictions", "labels"]
    reason: str
    rows: int
    message: str
    model: ModelId
    """Its name is empty where the record's own was not fit to be shown."""
    whole: bool
    """The whole record was refused, not only some rows of it."""


@dataclass(slots=True)
class Decoded:
    """What one request holds."""

    batches: list[PredictionBatch | LabelBatch] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    ignored: int = 0
    """Log records that are none of ours."""


def decode_logs(body: bytes, now: int) -> Decoded:
    """Read one ExportLogsServiceRequest. A bad record costs only itself.

    Args:
        body: protobuf, decompressed; arrays of the batches may point into copies of its parts.
        now: wall clock, unix nanoseconds.

    Raises:
        BadData: it is not such a request, or holds too many records.
    """
    record_count(body, "logs")
    decoded = Decoded()
    for record, resource in _records(body):
        if record.event_name == semconv.PREDICTION_BATCH:
            _predictions(record, resource, now, decoded)
        elif record.event_name == semconv.LABEL_BATCH:
            _labels(record, resource, now, decoded)
        else:
            decoded.ignored += 1
    return decoded


def _records(body: bytes) -> Iterator[tuple[LogRecord, Resource]]:
    try:
        request = ExportLogsServiceRequest.FromString(body)
    except DecodeError as error:
        raise BadData(reasons.MALFORMED, f"the body is not an OTLP logs request in protobuf: {error}") from error
    for of_resource in request.resource_logs:
        for of_scope in of_resource.scope_logs:
            for record in of_scope.log_records:
                yield record, of_resource.resource


def _predictions(record: LogRecord, resource: Resource, now: int, decoded: Decoded) -> None:
    attributes: Attributes = {}
    try:
        attributes = by_name(record.attributes, "the record")
        batch, late = prediction_batch(attributes, _environment(resource), now)
    except BadData as error:
        decoded.rejected.append(_whole("predictions", error, attributes))
        return
    if len(batch):
        decoded.batches.append(batch)
    if late:
        message = f"{late} rows more than an hour ahead of the clock, or before 1970-01-02"
        whole = not len(batch)
        decoded.rejected.append(Rejection("predictions", reasons.EVENT_TIME, late, message, batch.model, whole))


def _labels(record: LogRecord, resource: Resource, now: int, decoded: Decoded) -> None:
    attributes: Attributes = {}
    try:
        attributes = by_name(record.attributes, "the record")
        batch, rejected = label_batch(attributes, _environment(resource), now)
    except BadData as error:
        decoded.rejected.append(_whole("labels", error, attributes))
        return
    if len(batch):
        decoded.batches.append(batch)
    whole = not len(batch)
    for reason, rows in rejected.items():
        if rows:
            message = f"{rows} labels refused ({reason})"
            decoded.rejected.append(Rejection("labels", reason, rows, message, batch.model, whole))
            whole = False


def _whole(kind: Literal["predictions", "labels"], error: BadData, attributes: Attributes) -> Rejection:
    return Rejection(kind, error.reason, row_count(attributes), str(error), _model(attributes), whole=True)


def _model(attributes: Attributes) -> ModelId:
    """Identity of a refused record, as far as it is fit to be shown."""
    return ModelId(
        *(_shown(attributes, key) for key in (semconv.MODEL_NAME, semconv.MODEL_VERSION, semconv.ENVIRONMENT))
    )


def _shown(attributes: Attributes, key: str) -> str:
    try:
        return text(attributes, key, reasons.MALFORMED)
    except BadData:
        return ""


def _environment(resource: Resource) -> str:
    """Environment of a resource, under its present name or the older one."""
    found: Attributes = {pair.key: pair.value for pair in resource.attributes}
    return text(found, semconv.ENVIRONMENT, reasons.ENVIRONMENT) or text(
        found, _LEGACY_ENVIRONMENT, reasons.ENVIRONMENT
    )
