"""Where every row went: produced = captured + dropped + pending. Metrics observe these sums."""

from collections import Counter
from threading import RLock

from model_monitoring._model import Identity, Model

__all__ = ["Ledger"]


class Ledger:
    """Sums since the start of the process, for all models.

    The lock is reentrant: a signal handler or a finaliser may predict in the middle of an addition.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self.inferred: Counter[Model] = Counter()
        """Rows predicted, captured or not."""
        self.produced: Counter[Identity] = Counter()
        """Rows taken from the host: each is captured, dropped or pending."""
        self.captured: Counter[Identity] = Counter()
        self.dropped: Counter[tuple[Identity, str]] = Counter()
        self.labels_produced: Counter[Identity] = Counter()
        self.labels_captured: Counter[Identity] = Counter()
        self.labels_dropped: Counter[tuple[Identity, str]] = Counter()

    def infer(self, model: Model, rows: int) -> None:
        """Count the rows of one call, captured or not."""
        with self._lock:
            self.inferred[model] += rows

    def take(self, identity: Identity, rows: int) -> None:
        """Count rows that were taken over from the ring, to be delivered or dropped from here on."""
        with self._lock:
            self.produced[identity] += rows

    def take_labels(self, identity: Identity, labels: int) -> None:
        """Count labels that were taken over from the ring."""
        with self._lock:
            self.labels_produced[identity] += labels

    def deliver(self, identity: Identity, rows: int, *, labels: bool = False) -> None:
        """Count rows or labels that the exporter has delivered."""
        with self._lock:
            (self.labels_captured if labels else self.captured)[identity] += rows

    def drop(self, identity: Identity, reason: str, rows: int, *, labels: bool = False) -> None:
        """Count rows or labels that are lost, by reason.

        Args:
            identity: model that they belong to.
            reason: one of `semconv.DROP_REASONS`.
            rows: how many.
            labels: whether they are labels.
        """
        with self._lock:
            (self.labels_dropped if labels else self.dropped)[identity, reason] += rows

    def pending(self) -> int:
        """Rows and labels that were taken in and neither delivered nor dropped yet."""
        with self._lock:
            taken = sum(self.produced.values()) + sum(self.labels_produced.values())
            gone = (self.captured, self.dropped, self.labels_captured, self.labels_dropped)
            return taken - sum(sum(counter.values()) for counter in gone)

    def reset(self) -> None:
        """Forget everything: what a forked child inherits is its parent's to report."""
        self.__init__()  # type: ignore[misc]  # the same object, as at its start: observers hold on to it
