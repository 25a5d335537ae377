"""What both servers do with a request, whichever transport brought it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Literal, NamedTuple, TypeAlias

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.committer import Committer
from model_monitoring_processor.ingest.decode import Rejection, decode_logs
from model_monitoring_processor.ingest.group_writer import Batch
from model_monitoring_processor.ingest.record_count import record_count
from model_monitoring_processor.ingest.sources import NO_SOURCES, Mapped, Source, Sources, map_logs, map_spans
from model_monitoring_processor.types import LabelBatch

__all__ = ["COMMIT_TIMEOUT", "Accepted", "Count", "Intake", "Signal"]

Signal: TypeAlias = Literal["logs", "traces", "metrics"]

Count: TypeAlias = Callable[[semconv.Metric, int, Mapping[str, str]], None]
"""How the intake counts: metric of the vocabulary, amount, attributes. Called from any thread."""

COMMIT_TIMEOUT = 30.0
"""Seconds that a request waits for its commit; then the sender is asked to repeat it, which changes nothing."""

_SHOWN_REASONS = 3
_DECODERS = 4
"""Requests that are parsed at once, from both doors: while it is, one may take many times its bytes."""


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
        self._decoding = threading.BoundedSemaphore(_DECODERS)

    def take(self, signal: Signal, body: bytes) -> Accepted:
        """Take one OTLP request.

        Args:
            signal: which service or path it came to.
            body: protobuf, decompressed.

        Raises:
            BadData: it is not a request of this signal, or holds too many records.
            Overloaded: too much waits already.
        """
        if signal == "logs":
            return self._logs(body)
        sources = self._sources().spans
        if signal == "traces" and sources:
            # Spans carry nothing but for a source that maps them; those of our own scope never will.
            with self._decoding:
                read = _read(map_spans(body, sources, self._clock()))
            return self._submit("traces", body, read)
        self._ignored(signal, {reasons.NO_SOURCE: record_count(body, signal)})
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
        with self._decoding:
            read = _read_logs(body, self._sources().logs, self._clock())
        return self._submit("logs", body, read)

    def _submit(self, signal: Signal, body: bytes, read: "_Read") -> Accepted:
        read = self._refuse_models(read)
        stored = self._committer.submit(read.batches, len(body)) if read.batches else _nothing_to_store()

        def count(done: "Future[None]") -> None:
            """Counted when the request is answered for good: one that fails comes again."""
            if done.exception() is None:
                self._ignored(signal, read.ignored)
                for rejection in read.rejected:
                    self._rejected(rejection)

        stored.add_done_callback(count)
        return Accepted(stored, _reply(signal, read))

    def _refuse_models(self, read: "_Read") -> "_Read":
        """The sender is told of models for which there is no room; the committer would only count them."""
        batches: list[Batch] = []
        rejected, records = list(read.rejected), read.records
        for batch in read.batches:
            if isinstance(batch, LabelBatch) or self._committer.accepts(batch.model):
                batches.append(batch)
                continue
            message = f"no room for another model, and {batch.model.name!a} is new"
            rejected.append(
                Rejection("predictions", reasons.TOO_MANY_MODELS, len(batch), message, batch.model, whole=True)
            )
            # A batch of our own is one record; of foreign ones most hold one row.
            records += 1 if batch.row_ids is None else len(batch)
        return _Read(batches, rejected, records, read.ignored)

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


def _read_logs(body: bytes, sources: Sequence[Source], now: int) -> _Read:
    """Our own events, and of all others those that a source takes."""
    decoded = decode_logs(body, now)
    records = sum(rejection.whole for rejection in decoded.rejected)
    if not (sources and decoded.ignored):
        return _Read(decoded.batches, decoded.rejected, records, {reasons.NO_SOURCE: decoded.ignored})
    mapped = _read(map_logs(body, sources, now))
    batches, rejected = [*decoded.batches, *mapped.batches], [*decoded.rejected, *mapped.rejected]
    return _Read(batches, rejected, records + mapped.records, mapped.ignored)


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
