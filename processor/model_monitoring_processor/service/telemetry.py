"""The processor's own counters: everything that was taken in, refused, ignored or failed can be seen."""

from collections.abc import Callable, Mapping

from opentelemetry.metrics import Observation

from model_monitoring import semconv
from model_monitoring.semconv import Metric
from model_monitoring_processor.export.identity import identity
from model_monitoring_processor.export.meters import Meters
from model_monitoring_processor.ingest import CommitSummary, ModelCommit, reasons
from model_monitoring_processor.types import ModelId

__all__ = ["Telemetry"]


class Telemetry:
    """Counts what happens. Safe to use from any thread.

    Args:
        meters: where the instruments are made.
    """

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._counters = {m: meters.counter(m) for m in semconv.PROCESSOR_METRICS if m.kind == "counter"}
        self._commit = meters.histogram(semconv.COMMIT_DURATION)
        self._evaluation = meters.histogram(semconv.EVALUATION_DURATION)

    def count(self, metric: Metric, amount: int, attributes: Mapping[str, str]) -> None:
        """Add to one of the processor's counters; attributes without a value are left out."""
        if amount:
            self._counters[metric].add(amount, {key: value for key, value in attributes.items() if value})

    def watch_queue(self, queue_bytes: Callable[[], int]) -> None:
        """Export how much has been received and not yet stored."""
        metric = semconv.QUEUE_BYTES
        observe = lambda _: [Observation(queue_bytes())]  # noqa: E731 - one line, used once
        self._meters.meter.create_observable_gauge(metric.name, [observe], metric.unit, metric.brief)

    def committed(self, summary: CommitSummary) -> None:
        """Count one commit."""
        self._commit.record(summary.seconds)
        for model, commit in summary.models.items():
            self._count_rows(model, commit)
            self._count_labels(model, commit)
        expired = {semconv.REASON: reasons.PENDING_EXPIRED}
        self.count(semconv.LABELS_REJECTED, summary.pending_expired, expired)

    def evaluated(self, seconds: float) -> None:
        """Count one evaluation."""
        self._evaluation.record(seconds)

    def evaluation_failed(self, model: ModelId, error: Exception) -> None:
        """Count one evaluation that raised."""
        attributes = {semconv.MODEL_NAME: model.name, semconv.ERROR_TYPE: type(error).__name__}
        self.count(semconv.EVALUATION_ERRORS, 1, attributes)

    def reloaded(self, outcome: str) -> None:
        """Count one reload of the configuration."""
        self.count(semconv.CONFIG_RELOADS, 1, {semconv.REASON: outcome})

    def _count_rows(self, model: ModelId, commit: ModelCommit) -> None:
        who = identity(model)
        self.count(semconv.ROWS_RECEIVED, commit.rows, who)
        self.count(semconv.ROWS_DUPLICATE, commit.duplicate_rows, who)
        for reason, rows in commit.rejected_rows.items():
            self.count(semconv.ROWS_REJECTED, rows, who | {semconv.REASON: reason})
        for reason, cells in commit.unmatched.items():
            self.count(semconv.CELLS_UNMATCHED, cells, who | {semconv.REASON: reason})
        for column, cells in commit.invalid.items():
            self.count(semconv.CELLS_INVALID, cells, who | {semconv.FEATURE_NAME: column})
        for column, cells in commit.unseen.items():
            self.count(semconv.CELLS_UNSEEN, cells, who | {semconv.FEATURE_NAME: column})

    def _count_labels(self, model: ModelId, commit: ModelCommit) -> None:
        who = identity(model._replace(version=""))
        self.count(semconv.LABELS_RECEIVED, commit.labels, who)
        self.count(semconv.LABELS_REJECTED, commit.duplicate_labels, who | {semconv.REASON: reasons.DUPLICATE_BATCH})
        for reason, labels in commit.rejected_labels.items():
            self.count(semconv.LABELS_REJECTED, labels, who | {semconv.REASON: reason})
