"""Labels meet their predictions, in whichever order the two come."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from model_monitoring_processor.ids import trace_key
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.pane_cache import PaneCache
from model_monitoring_processor.ingest.prediction_rows import keys_as_bytes, predicted_class
from model_monitoring_processor.ingest.summary import CommitSummary, ModelCommit
from model_monitoring_processor.store import MAX_PENDING, LabelledRow, PredictionLog, StateStore
from model_monitoring_processor.types import LabelBatch, ModelId, PredictionBatch
from model_monitoring_processor.windows import add_outcomes

__all__ = ["LabelJoin"]

_NO_ROW = b""
"""In the place of a key: the label says no row."""


class LabelJoin:
    """The labels of one commit. An outcome counts in the pane of the prediction: its event time, its model.

    Args:
        state: labels that wait.
        log: predictions.
        panes: where outcomes are counted.
        pane_seconds_for: length of a model's panes.
        summary: of the commit; its number marks the labels that it sets.
    """

    def __init__(
        self,
        state: StateStore,
        log: PredictionLog,
        panes: PaneCache,
        pane_seconds_for: Callable[[ModelId], int],
        summary: CommitSummary,
    ) -> None:
        self._state, self._log, self._panes = state, log, panes
        self._pane_seconds_for = pane_seconds_for
        self._summary = summary
        self.added: dict[bytes, str] = {}
        """Labels that begin to wait."""
        self.joined: set[bytes] = set()
        """Rows whose label has waited long enough."""

    def predictions(self, batch: PredictionBatch) -> None:
        """Predictions have come: give them the labels that wait for them, by their ids or by their traces."""
        if not self._state.pending_count:
            return
        waiting = self._state.pending_labels(key for key in keys_as_bytes(batch.keys) if key not in self.joined)
        found = self._set_labels(list(waiting.items()))
        self.joined.update(row.key for row in found)
        found += self._labels_by_trace(batch)
        for row in found:
            if row.outcome == "joined":
                self._summary.of(self._state.models_by_id[row.model]).late_joined += 1

    def labels(self, batch: LabelBatch) -> None:
        """Labels have come: set those whose prediction is there, let the others wait."""
        counts = self._summary.of(batch.model)
        counts.labels += len(batch)
        entries = list(zip(self._keys(batch, counts), batch.labels, strict=True))
        entries = [(key, label) for key, label in entries if key != _NO_ROW]
        found = self._set_labels(entries)
        for row in found:
            if row.outcome == "joined":
                counts.joined += 1
            else:
                counts.rejected_labels[row.outcome] += 1
        there = {row.key for row in found}
        self._wait([entry for entry in entries if entry[0] not in there], counts)

    def _keys(self, batch: LabelBatch, counts: ModelCommit) -> list[bytes]:
        """Keys of the rows that are meant; of a trace without a row yet the key to wait under."""
        keys = keys_as_bytes(batch.keys)
        if batch.traces is None:
            return keys
        traces = keys_as_bytes(batch.traces)
        found = self._log.rows_of_traces(traces, self._is_named(batch.model.name))
        for place, rows in enumerate(found.get(trace, []) for trace in traces):
            if len(rows) > 1:
                counts.rejected_labels[reasons.AMBIGUOUS_TRACE] += 1
            if rows:
                keys[place] = rows[0] if len(rows) == 1 else _NO_ROW
        return keys

    def _labels_by_trace(self, batch: PredictionBatch) -> list[LabelledRow]:
        """Labels that wait for one of the batch's traces. One for a trace of several rows goes on waiting in vain."""
        if batch.span_contexts is None:
            return []
        traces = set(keys_as_bytes(batch.span_contexts[:, :16]))
        found: list[LabelledRow] = []
        for name in ("", batch.model.name):
            keys = {trace_key(trace, name): trace for trace in traces}
            waiting = self._state.pending_labels(key for key in keys if key not in self.joined)
            rows = self._log.rows_of_traces((keys[key] for key in waiting), self._is_named(name))
            entries = {key: own[0] for key in waiting if len(own := rows.get(keys[key], [])) == 1}
            self.joined.update(entries)
            found += self._set_labels([(row, waiting[key]) for key, row in entries.items()])
        return found

    def _is_named(self, name: str) -> Callable[[int], bool]:
        """Whether a model, by its number, has a name; any has the empty one."""
        return lambda number: not name or self._state.models_by_id[number].name == name

    def _wait(self, entries: list[tuple[bytes, str]], counts: ModelCommit) -> None:
        waiting = self._state.pending_labels([key for key, _ in entries])
        for key, label in entries:
            earlier = self.added.get(key, waiting.get(key))
            if earlier is not None:
                counts.rejected_labels[reasons.DUPLICATE if earlier == label else reasons.CONFLICTING] += 1
            elif self._log.will_not_come(key):
                counts.rejected_labels[reasons.NO_PREDICTION] += 1
            elif self._state.pending_count + len(self.added) >= MAX_PENDING:
                counts.rejected_labels[reasons.PENDING_FULL] += 1
            else:
                self.added[key] = label
                counts.pending += 1

    def _set_labels(self, entries: Sequence[tuple[bytes, str]]) -> list[LabelledRow]:
        if not entries:
            return []
        found = self._log.label(entries, self._summary.number, self._state.numbers.is_void)
        self._count(row for row in found if row.outcome == "joined")
        return found

    def _count(self, rows: Iterable[LabelledRow]) -> None:
        by_model: dict[int, list[tuple[int, str, str]]] = {}
        for row in rows:
            predicted = predicted_class(row.score, row.predicted)
            if predicted is None:
                model = self._state.models_by_id[row.model]
                self._summary.of(model).rejected_labels[reasons.NO_CLASS] += 1
            else:
                by_model.setdefault(row.model, []).append((row.time, predicted, row.label))
        for number, outcomes in by_model.items():
            model = self._state.models_by_id[number]
            times, predicted_classes, labels = zip(*outcomes, strict=True)
            seconds = self._pane_seconds_for(model)
            pane_of = self._panes.of_length(seconds)
            add_outcomes(model, np.array(times, np.int64), predicted_classes, labels, seconds, pane_of)
