"""What both servers do with a request, whichever transport brought it."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Literal, NamedTuple, TypeAlias

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.committer import Committer
from model_monitoring_processor.ingest.decode import Rejection, decode_logs
from model_monitoring_processor.ingest.group_writer import Batch
from model_monitoring_processor.ingest.sources import NO_SOURCES, Mapped, Sources, map_logs, map_spans

__all__ = ["COMMIT_TIMEOUT", "Accepted", "Count", "Intake", "Signal"]

Signal: TypeAlias = Literal["logs", "traces", "metrics"]

Count: TypeAlias = Callable[[semconv.Metric, int, Mapping[str, str]], None]
"""How the intake counts: metric of the vocabulary, amount, attributes. Called from any thread."""

COMMIT_TIMEOUT = 30.0
"""Seconds that a request waits for its commit; then the sender is asked to repeat it, which changes nothing."""

_SHOWN_REASONS = 3


class Accepted(NamedTuple):
    """A request that was understood: answer `reply` when `stored` is done."""

    stored: "Future[None]"
    reply: bytes


class Intake:
    """Decodes, submits and counts. Never raises anything but what its methods say, or a bug.

    Args:
        committer: makes batches durable.
        count: see `Count`.
        sources: what of foreign telemetry is predictions; asked at every request.
        clock: wall clock, unix nanoseconds.
    """

    def __init__(
        self,
        committer: Committer,
        *,
        count: Count = lambda _metric, _amount, _attributes: None,
        sources: Callable[[], Sources] = lambda: NO_SOURCES,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._committer = committer
        self._count = count
        self._sources = sources
        self._clock = clock

    def take(self, signal: Signal, body: bytes) -> Accepted:
        """Take one OTLP request.

        Args:
            signal: which service or path it came to.
            body: protobuf, decompressed.

        Raises:
            BadData: it is not a request of this signal.
            Overloaded: too much waits already.
        """
        if signal == "logs":
            return self._logs(body)
        sources = self._sources().spans
        if signal == "traces" and sources:
            # Spans carry nothing but for a source that maps them; those of our own scope never will.
            return self._submit("traces", body, _read(map_spans(body, sources, self._clock())))
        self._ignored(signal, {reasons.NO_SOURCE: _count_spans(body) if signal == "traces" else _count_points(body)})
        return Accepted(_nothing_to_store(), b"")

    def failed(self, signal: Signal, error: BaseException) -> None:
        """Count a request that was not accepted."""
        reason = reasons.INTERNAL
        if isinstance(error, BadData):
            reason = error.reason
        elif isinstance(error, Overloaded):
            reason = reasons.OVERLOADED
        self._count(semconv.REQUESTS_FAILED, 1, {semconv.SIGNAL: signal, semconv.REASON: reason})

    def _logs(self, body: bytes) -> Accepted:
        now, sources = self._clock(), self._sources().logs
        decoded = decode_logs(body, now)
        records = sum(rejection.whole for rejection in decoded.rejected)
        if not (sources and decoded.ignored):
            ignored = {reasons.NO_SOURCE: decoded.ignored}
            return self._submit("logs", body, _Read(decoded.batches, decoded.rejected, records, ignored))
        mapped = _read(map_logs(body, sources, now))
        batches, rejected = [*decoded.batches, *mapped.batches], [*decoded.rejected, *mapped.rejected]
        return self._submit("logs", body, _Read(batches, rejected, records + mapped.records, mapped.ignored))

    def _submit(self, signal: Signal, body: bytes, read: "_Read") -> Accepted:
        stored = self._committer.submit(read.batches, len(body)) if read.batches else _nothing_to_store()

        def count(done: "Future[None]") -> None:
            """Counted when the request is answered for good: one that fails comes again."""
            if done.exception() is None:
                self._ignored(signal, read.ignored)
                for rejection in read.rejected:
                    self._rejected(rejection)

        stored.add_done_callback(count)
        return Accepted(stored, _reply(signal, read))

    def _ignored(self, signal: Signal, records: Mapping[str, int]) -> None:
        for reason, count in records.items():
            if count:
                self._count(semconv.RECORDS_IGNORED, count, {semconv.SIGNAL: signal, semconv.REASON: reason})

    def _rejected(self, rejection: Rejection) -> None:
        model = rejection.model
        attributes = {
            semconv.MODEL_NAME: model.name,
            semconv.ENVIRONMENT: model.environment,
            semconv.REASON: rejection.reason,
        }
        if rejection.kind == "labels":
            self._count(semconv.LABELS_REJECTED, rejection.rows, attributes)
        else:
            attributes[semconv.MODEL_VERSION] = model.version
            self._count(semconv.ROWS_REJECTED, rejection.rows, attributes)


class _Read(NamedTuple):
    """What one request holds."""

    batches: Sequence[Batch]
    rejected: Sequence[Rejection]
    records: int
    """Refused as a whole."""
    ignored: Mapping[str, int]
    """Records by reason."""


def _read(mapped: Mapped) -> _Read:
    rejected = mapped.rejections()
    return _Read(mapped.batches, rejected, sum(rejection.rows for rejection in rejected), mapped.ignored_counts())


def _reply(signal: Signal, read: _Read) -> bytes:
    """An export response: empty means that everything was taken."""
    response = ExportTraceServiceResponse() if signal == "traces" else ExportLogsServiceResponse()
    if read.rejected:
        rejected = "rejected_spans" if signal == "traces" else "rejected_log_records"
        setattr(response.partial_success, rejected, read.records)
        shown = [f"{rejection.reason}: {rejection.message}" for rejection in read.rejected[:_SHOWN_REASONS]]
        response.partial_success.error_message = "; ".join(shown)
    reply: bytes = response.SerializeToString()
    return reply


def _nothing_to_store() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done


def _count_spans(body: bytes) -> int:
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise BadData(reasons.MALFORMED, f"the body is not an OTLP traces request in protobuf: {error}") from error
    return sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)


def _count_points(body: bytes) -> int:
    try:
        request = ExportMetricsServiceRequest.FromString(body)
    except DecodeError as error:
        raise BadData(reasons.MALFORMED, f"the body is not an OTLP metrics request in protobuf: {error}") from error
    return sum(len(scope.metrics) for resource in request.resource_metrics for scope in resource.scope_metrics)
