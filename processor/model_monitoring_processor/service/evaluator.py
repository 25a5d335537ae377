"""Panes have changed: find the windows that are due, evaluate them, keep the snapshots, publish the newest."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from itertools import chain

from model_monitoring_processor.evaluate import evaluate, snapshot_from_dict, snapshot_to_dict
from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.closing import Activity, is_closed, revision_interval
from model_monitoring_processor.service.due import Due, WindowKey
from model_monitoring_processor.service.rules import Rules
from model_monitoring_processor.service.silence import silent_windows
from model_monitoring_processor.service.telemetry import Telemetry
from model_monitoring_processor.store import Registry, StateStore
from model_monitoring_processor.types import ModelId, Snapshot
from model_monitoring_processor.windows import Pane, PaneKey, WindowView, view_of

__all__ = ["Evaluator"]

_log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
PAST_SNAPSHOTS = 4
"""How many earlier snapshots a verdict may look back on."""


class Evaluator:
    """Owns the newest snapshot of each model. `tick` runs on one thread; everything else may be called from any.

    Args:
        state: the panes.
        registry: the snapshots.
        rules: configuration and references in force.
        telemetry: durations and failures are counted here.
    """

    def __init__(self, state: StateStore, registry: Registry, rules: Callable[[], Rules], telemetry: Telemetry) -> None:
        self._state = state
        self._registry = registry
        self._rules = rules
        self._telemetry = telemetry
        self.due = Due()
        self._activity: dict[ModelId, Activity] = {}
        self._latest: dict[ModelId, Snapshot] = {}
        self._kept: set[str] = set()
        self._open: dict[WindowKey, tuple[int, Snapshot]] = {}

    # --- what changed ---------------------------------------------------------------------------------------
    def catch_up(self, now: Moment) -> None:
        """After a start or a change of the rules: find the newest snapshots, and the windows with newer panes."""
        rules = self._rules()
        self._latest.clear()
        self.due.clear()
        for seen in self._state.models():
            self._activity[seen.model] = Activity(seen.last_event, now.steady)
            for snapshot in self._history(rules, seen.model, 1):
                self._latest[seen.model] = snapshot
        for key, seq in self._state.changed_panes(0):
            window = rules.window_at(key.model, key.start)
            kept = self._registry.newest(key.model, key.segment, window.length, window.start)
            if kept is None or kept.seq < seq:
                self.due.touch(WindowKey(key.model, key.segment, window), seq, now.steady)

    def changed(self, panes: Iterable[PaneKey], seq: int, newest: dict[ModelId, float], now: Moment) -> None:
        """Note what one commit changed.

        Args:
            panes: those that were touched.
            seq: number of the commit.
            newest: newest event time of each model in it, unix seconds.
            now: the moment.
        """
        rules = self._rules()
        for key in panes:
            window = rules.window_at(key.model, key.start)
            self.due.touch(WindowKey(key.model, key.segment, window), seq, now.steady)
        for model, event in newest.items():
            before = self._activity.get(model)
            self._activity[model] = Activity(max(event, before.newest_event) if before else event, now.steady)

    # --- what is due ----------------------------------------------------------------------------------------
    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop; no failure ends the thread."""
        while not stopping.wait(TICK_SECONDS):
            try:
                self.tick(Moment.now())
            except Exception:  # noqa: BLE001 - the next tick may do better; this thread is all that makes verdicts
                _log.exception("looking for windows that are due failed")

    def tick(self, now: Moment) -> None:
        """Evaluate every window that is closed and has settled."""
        rules = self._rules()
        for model, activity in list(self._activity.items()):
            for window in silent_windows(rules, model, activity, self._latest.get(model), now):
                key = WindowKey(model, "", window)
                if key not in self.due:
                    self.due.touch(key, 0, now.steady)
        for key in self.due.waiting():
            if self.due.settled(key, now.steady) and self._closed(rules, key, now):
                self._try(rules, key, now)

    def _closed(self, rules: Rules, key: WindowKey, now: Moment) -> bool:
        settings = rules.settings(key.model)
        return is_closed(key.window, self._active(key), now, settings.allowed_lateness_s, settings.idle_seconds)

    def _active(self, key: WindowKey) -> Activity:
        return self._activity.get(key.model, Activity(0.0, 0.0))

    def _try(self, rules: Rules, key: WindowKey, now: Moment) -> None:
        started = time.perf_counter()
        seq = self.due.seq(key)
        try:
            self._evaluate(rules, key, seq)
        except Exception as error:  # noqa: BLE001 - one model must not stop the others
            self._telemetry.evaluation_failed(key.model, error)
            _log.exception("evaluating %s of model %s failed; it is tried again", key.window.name, key.model.name)
            self.due.failed(key, now.steady)
            return
        self.due.done(key, seq, now.steady + revision_interval(key.window, self._active(key), now))
        self._telemetry.evaluated(time.perf_counter() - started)

    # --- one evaluation -------------------------------------------------------------------------------------
    def _evaluate(self, rules: Rules, key: WindowKey, seq: int) -> None:
        snapshot = self._snapshot(rules, key)
        self._keep_makers(rules, key.model)
        body = json.dumps(snapshot_to_dict(snapshot), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self._registry.add_snapshot(key.model, key.segment, key.window, seq, body.encode())
        latest = self._latest.get(key.model)
        # An end, not a start: after a change of the window's length the newest result is the one that ends last.
        if not key.segment and (latest is None or latest.window.end <= key.window.end):
            self._latest[key.model] = snapshot

    def _snapshot(self, rules: Rules, key: WindowKey) -> Snapshot:
        past = self._history(rules, key.model, PAST_SNAPSHOTS, key.segment, key.window.start)
        settings = rules.settings(key.model).evaluation
        return evaluate(self.view_of(key), rules.reference(key.model), settings, past[::-1])

    def _keep_makers(self, rules: Rules, model: ModelId) -> None:
        """A snapshot names what made it by hash; each is kept once, so that it can be made again."""
        settings, reference = rules.settings(model), rules.reference(model)
        if settings.hash not in self._kept:
            self._registry.put_config(settings.hash, settings.text)
            self._kept.add(settings.hash)
        if reference is not None and reference.hash not in self._kept:
            self._registry.put_reference(reference.hash, reference.to_bytes())
            self._kept.add(reference.hash)

    def view_of(self, key: WindowKey) -> WindowView:
        """Add up the panes of a window as they are on disk."""
        # The empty pane in front: a silent window has no other.
        empty = Pane(PaneKey(key.model, key.segment, key.window.start), 0)
        panes = self._state.panes(key.model, key.segment, key.window.start, key.window.end)
        return view_of(key.window, chain([empty], panes))

    def _history(
        self, rules: Rules, model: ModelId, limit: int, segment: str = "", before: int | None = None
    ) -> list[Snapshot]:
        length = rules.settings(model).window
        kept = self._registry.history(model, length, limit, segment, before)
        return [snapshot_from_dict(json.loads(entry.body)) for entry in kept]

    # --- what is known --------------------------------------------------------------------------------------
    def knows(self, model: ModelId) -> bool:
        """Tell whether a model has sent rows."""
        return model in self._activity

    def latest(self, model: ModelId) -> Snapshot | None:
        """Return the newest closed window of a model."""
        return self._latest.get(model)

    def in_progress(self, model: ModelId) -> list[Snapshot]:
        """Evaluate the windows of a model that wait, as they stand now; nothing is kept but for the next who asks."""
        rules = self._rules()
        shown: dict[WindowKey, tuple[int, Snapshot]] = {}
        for key in self.due.waiting():
            if key.model == model and not key.segment:
                seq, known = self.due.seq(key), self._open.get(key)
                shown[key] = known if known and known[0] == seq else (seq, self._snapshot(rules, key))
        # Replaced, never changed: several threads ask at once, and a window may close meanwhile.
        self._open = {key: entry for key, entry in self._open.items() if key in self.due} | shown
        return [snapshot for _, snapshot in shown.values()]

    def pending(self, now: Moment) -> set[ModelId]:
        """Return the models of which a closed window waits for its evaluation."""
        rules = self._rules()
        return {key.model for key in self.due.waiting() if self._closed(rules, key, now)}
