"""One commit: rows files first (idempotent), then panes and ids of batches in one transaction. Exactly once.

A crash between the two leaves rows, which the redelivered batch finds in place (or which go before its own, see
`store.prediction_log`), and labels of a commit that never happened, which the next one sets anew (see
`store.commit_numbers`). A crash after both leaves a batch that is known and changes nothing when it comes again. Rows
of foreign telemetry have no batch that could be known: a Collector puts them together anew at every retry. Each is
known by itself, in the same transaction.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from threading import Thread
from typing import TypeAlias

import numpy as np

from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.label_join import LabelJoin
from model_monitoring_processor.ingest.outputs import named_outputs
from model_monitoring_processor.ingest.pane_cache import PaneCache
from model_monitoring_processor.ingest.prediction_rows import keys_as_bytes, prediction_rows
from model_monitoring_processor.ingest.slices import rows_of, slices
from model_monitoring_processor.ingest.steady_clock import SteadyClock
from model_monitoring_processor.ingest.summary import CommitSummary
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.store import ModelSeen, StateChange, StateFolder, unlink_files
from model_monitoring_processor.types import Bytes, LabelBatch, ModelId, PredictionBatch
from model_monitoring_processor.windows import add_predictions

__all__ = ["Batch", "GroupWriter"]

Batch: TypeAlias = PredictionBatch | LabelBatch

BATCH_HOURS = 7 * 24
"""How long the id of a batch is remembered, and how long a label waits."""

_COMMIT_BYTES = 128 << 20
"""Memory of the panes of one commit: a replay over years touches thousands of them in one request."""
_NANOS_PER_HOUR = 3_600_000_000_000


class GroupWriter:
    """Makes groups of batches durable; for one thread.

    Args:
        folder: the state.
        reference_for: frozen reference of a model, None where there is none.
        pane_seconds_for: length of a model's panes.
        clock: wall clock, unix nanoseconds.
        monotonic: seconds; tells a step of the wall clock from the passing of time.
        cache_bytes: bound of the panes kept in memory.
    """

    def __init__(
        self,
        folder: StateFolder,
        *,
        reference_for: Callable[[ModelId], Reference | None],
        pane_seconds_for: Callable[[ModelId], int],
        clock: Callable[[], int],
        monotonic: Callable[[], float],
        cache_bytes: int,
    ) -> None:
        self._state, self._log = folder.state, folder.predictions
        self._reference_for = reference_for
        self._pane_seconds_for = pane_seconds_for
        self._clock = clock
        self._panes = PaneCache(folder.state, cache_bytes)
        self._expiry = SteadyClock(clock, monotonic)

    def write(self, batches: Sequence[Batch]) -> Iterator[CommitSummary]:
        """Make batches durable, those that fit into memory together in one commit: each as a whole, or slice by slice.

        Yields:
            One summary after each commit.

        Raises:
            Exception: whatever went wrong; what was not yielded has not been counted and may be written again.
        """
        keyed: dict[bytes, Batch] = {}
        parts = (entry for batch in batches for entry in _keyed_parts(batch))
        again = [part for key, part in parts if keyed.setdefault(key, part) is not part]
        # Predictions first: a label of the same group finds its row.
        waiting = deque(sorted(keyed.items(), key=lambda entry: isinstance(entry[1], LabelBatch)))
        while waiting or again:
            started = time.perf_counter()
            summary = CommitSummary(self._state.numbers.next())
            try:
                self._write_some(waiting, summary)
            except BaseException:
                self._log.rollback()
                self._panes.forget()
                raise
            _count_known(again, summary)
            again = []
            summary.seconds = time.perf_counter() - started
            yield summary

    def _write_some(self, waiting: deque[tuple[bytes, Batch]], summary: CommitSummary) -> None:
        hour = self._clock() // _NANOS_PER_HOUR
        summary.pending_expired = self._expire()
        join = LabelJoin(self._state, self._log, self._panes, self._pane_seconds_for, summary)
        new: list[bytes] = []
        rows: set[bytes] = set()
        while waiting and self._panes.touched_bytes() < _COMMIT_BYTES:
            key, batch = waiting.popleft()
            if self._state.knows_batch(key):
                _count_known([batch], summary)
                continue
            if isinstance(batch, PredictionBatch) and batch.row_ids is not None:
                batch = self._unknown_rows(batch, batch.row_ids, rows, summary)
            else:
                new.append(key)
            if len(batch):
                self._count(batch, join, summary)
        self._log.flush()
        summary.touched.update(self._panes.touched_keys())
        panes = self._panes.stored()
        models = _seen(summary)
        change = StateChange(summary.number, hour, panes, new, sorted(rows), models, join.added, join.joined)
        self._state.commit(change)
        self._panes.keep()

    def _count(self, batch: Batch, join: LabelJoin, summary: CommitSummary) -> None:
        if isinstance(batch, LabelBatch):
            join.labels(batch)
        elif self._state.accepts(batch.model):
            self._add(batch, summary)
            join.predictions(batch)
        else:
            summary.of(batch.model).rejected_rows[reasons.TOO_MANY_MODELS] += len(batch)

    def _add(self, batch: PredictionBatch, summary: CommitSummary) -> None:
        seconds = self._pane_seconds_for(batch.model)
        reference = self._reference_for(batch.model)
        batch = named_outputs(batch, reference)
        added = add_predictions(batch, reference, seconds, self._panes.of_length(seconds))
        self._log.add(prediction_rows(batch, self._state.model_number(batch.model)))
        counts = summary.of(batch.model)
        counts.rows += len(batch)
        counts.oldest_event = min(int(batch.times.min()), counts.oldest_event or int(batch.times.min()))
        counts.newest_event = max(int(batch.times.max()), counts.newest_event or 0)
        counts.invalid.update(added.invalid)
        counts.unseen.update(added.unseen)
        if reference is not None:
            counts.unmatched.update(_unmatched(batch, reference))

    def _unknown_rows(
        self, batch: PredictionBatch, row_ids: Bytes, seen: set[bytes], summary: CommitSummary
    ) -> PredictionBatch:
        """The rows that neither an earlier commit has counted nor this one; `seen` takes their ids."""
        ids = keys_as_bytes(row_ids)
        known = self._state.known_rows(ids)
        new = np.zeros(len(ids), np.bool_)
        for place, key in enumerate(ids):
            if key not in known and key not in seen:
                seen.add(key)
                new[place] = True
        if new.all():
            return batch
        summary.of(batch.model).duplicate_rows += len(ids) - int(new.sum())
        return rows_of(batch, new)

    def _expire(self) -> int:
        hour = self._expiry.new_hour()
        if hour is None:
            return 0
        files = self._log.expire()
        if files:
            # Unlinking gigabytes takes its time, and no commit waits for it.
            Thread(target=unlink_files, args=(files,), name="unlink", daemon=True).start()
        return self._state.expire(hour - BATCH_HOURS).pending


def _count_known(batches: Sequence[Batch], summary: CommitSummary) -> None:
    for batch in batches:
        if isinstance(batch, PredictionBatch):
            summary.of(batch.model).duplicate_rows += len(batch)
        else:
            summary.of(batch.model).duplicate_labels += len(batch)


def _seen(summary: CommitSummary) -> dict[ModelId, ModelSeen]:
    return {
        model: ModelSeen(counts.rows, counts.oldest_event, counts.newest_event)
        for model, counts in summary.models.items()
        if counts.oldest_event is not None and counts.newest_event is not None
    }


def _keyed_parts(batch: Batch) -> Iterator[tuple[bytes, Batch]]:
    """What is counted as a whole or not at all: a batch, or its slices where it has several."""
    parts: Iterable[Batch] = [batch] if isinstance(batch, LabelBatch) else slices(batch)
    return ((_dedupe_key(batch, number), part) for number, part in enumerate(parts))


def _dedupe_key(batch: Batch, part: int) -> bytes:
    """Batch ids are unique for one sender only as far as we can know: another model's "1" is another batch."""
    kind = "labels" if isinstance(batch, LabelBatch) else "predictions"
    parts = (kind, *batch.model, batch.batch_id, str(part))
    return blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _unmatched(batch: PredictionBatch, reference: Reference) -> Counter[str]:
    """Cells of features that only one side knows, by reason."""
    known = {column.name for column in reference.columns if column.role == "feature"}
    missing, unknown = len(known - batch.features.keys()), len(batch.features.keys() - known)
    return Counter({reasons.MISSING_COLUMN: missing * len(batch), reasons.UNKNOWN_COLUMN: unknown * len(batch)})
