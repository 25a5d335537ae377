"""What both servers do with a request, whichever transport brought it."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Literal, NamedTuple, TypeAlias

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from model_monitoring import semconv
from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.committer import Committer
from model_monitoring_processor.ingest.decode import Decoded, Rejection, decode_logs
from model_monitoring_processor.ingest.record_count import record_count
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
        clock: wall clock, unix nanoseconds.
    """

    def __init__(
        self,
        committer: Committer,
        *,
        count: Count = lambda _metric, _amount, _attributes: None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._committer = committer
        self._count = count
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
        return self._logs(body) if signal == "logs" else self._others(signal, body)

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
            decoded = decode_logs(body, self._clock())
        self._refuse_models(decoded)
        stored = self._committer.submit(decoded.batches, len(body)) if decoded.batches else _nothing_to_store()
        # Counted when the request is answered for good: one that fails comes again.
        stored.add_done_callback(lambda done: self._count_logs(decoded) if done.exception() is None else None)
        return Accepted(stored, _reply(decoded.rejected))

    def _refuse_models(self, decoded: Decoded) -> None:
        """The sender is told of models for which there is no room; the committer would only count them."""
        batches, decoded.batches = decoded.batches, []
        for batch in batches:
            if isinstance(batch, LabelBatch) or self._committer.accepts(batch.model):
                decoded.batches.append(batch)
                continue
            message = f"no room for another model, and {batch.model.name!a} is new"
            decoded.rejected.append(
                Rejection("predictions", reasons.TOO_MANY_MODELS, len(batch), message, batch.model, whole=True)
            )

    def _others(self, signal: Signal, body: bytes) -> Accepted:
        """Spans and points carry nothing for us yet; those of our own scope never will."""
        self._ignored(signal, record_count(body, signal))
        return Accepted(_nothing_to_store(), b"")

    def _count_logs(self, decoded: Decoded) -> None:
        self._ignored("logs", decoded.ignored)
        for rejection in decoded.rejected:
            self._rejected(rejection)

    def _ignored(self, signal: Signal, records: int) -> None:
        if records:
            self._count(semconv.RECORDS_IGNORED, records, {semconv.SIGNAL: signal})

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


def _reply(rejected: list[Rejection]) -> bytes:
    """An export response: empty means that everything was taken."""
    response = ExportLogsServiceResponse()
    if rejected:
        response.partial_success.rejected_log_records = sum(rejection.whole for rejection in rejected)
        shown = [f"{rejection.reason}: {rejection.message}" for rejection in rejected[:_SHOWN_REASONS]]
        response.partial_success.error_message = "; ".join(shown)
    reply: bytes = response.SerializeToString()
    return reply


def _nothing_to_store() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done
