"""Panes have changed: find the windows that are due, evaluate them, keep the snapshots, publish the newest."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from itertools import chain

from model_monitoring_processor.evaluate import evaluate, snapshot_from_dict, snapshot_to_dict
from model_monitoring_processor.service.biased import without_alarm
from model_monitoring_processor.service.closing import Activity, is_closed, is_live
from model_monitoring_processor.service.due import Due, WindowKey
from model_monitoring_processor.service.rules import Rules
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
        self._busy: WindowKey | None = None
        self._kept: set[str] = set()

    # --- what changed ---------------------------------------------------------------------------------------
    def catch_up(self, now: float) -> None:
        """After a start: load the newest snapshots and find the windows whose panes are newer than theirs."""
        rules = self._rules()
        for seen in self._state.models():
            self._activity[seen.model] = Activity(seen.last_event, now)
            for snapshot in self._history(seen.model, 1):
                self._latest[seen.model] = snapshot
        for key, seq in self._state.changed_panes(0):
            window = rules.window_at(key.model, key.start)
            kept = self._registry.newest(key.model, key.segment, window.length, window.start)
            if kept is None or kept.seq < seq:
                self.due.touch(WindowKey(key.model, key.segment, window), seq, now)

    def changed(self, panes: Iterable[PaneKey], seq: int, newest: dict[ModelId, float], now: float) -> None:
        """Note what one commit changed.

        Args:
            panes: those that were touched.
            seq: number of the commit.
            newest: newest event time of each model in it, unix seconds.
            now: wall clock.
        """
        rules = self._rules()
        for key in panes:
            window = rules.window_at(key.model, key.start)
            self.due.touch(WindowKey(key.model, key.segment, window), seq, now)
        for model, event in newest.items():
            before = self._activity.get(model)
            self._activity[model] = Activity(max(event, before.newest_event) if before else event, now)

    # --- what is due ----------------------------------------------------------------------------------------
    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop; a failure costs one evaluation, never the thread."""
        while not stopping.wait(TICK_SECONDS):
            self.tick(time.time())

    def tick(self, now: float) -> None:
        """Evaluate every window that is closed and has settled."""
        self._expect_silence(now)
        for key in self.due.waiting():
            if self._closed(key, now) and self.due.settled(key, now):
                try:
                    self._evaluate(key)
                except Exception as error:  # noqa: BLE001 - one model's trouble must not stop the others' verdicts
                    self._telemetry.evaluation_failed(key.model, error)
                    _log.exception("evaluating %s of model %s failed", key.window.name, key.model.name)
                finally:
                    self._busy = None

    def _expect_silence(self, now: float) -> None:
        """A live model that has gone silent still gets its window: an empty one is a result."""
        for model, activity in list(self._activity.items()):
            if not is_live(activity, now):
                continue
            rules = self._rules()
            settings = rules.settings(model)
            current = rules.window_at(model, int(now - settings.allowed_lateness_s))
            last = rules.window_at(model, current.start - 1)
            latest = self._latest.get(model)
            if latest is not None and latest.window.start < last.start and activity.newest_event < last.start:
                self.due.touch(WindowKey(model, "", last), 0, now)

    def _closed(self, key: WindowKey, now: float) -> bool:
        settings = self._rules().settings(key.model)
        activity = self._activity.get(key.model, Activity(0.0, now))
        return is_closed(key.window, activity, now, settings.allowed_lateness_s, settings.idle_seconds)

    # --- one evaluation -------------------------------------------------------------------------------------
    def _evaluate(self, key: WindowKey) -> None:
        self._busy = key  # before it stops waiting: at no moment does it look done
        seq = self.due.take(key)
        started = time.perf_counter()
        snapshot = self.snapshot_of(key)
        self._keep_makers(key.model)
        body = json.dumps(snapshot_to_dict(snapshot), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self._registry.add_snapshot(key.model, key.segment, key.window, seq, body.encode())
        latest = self._latest.get(key.model)
        if not key.segment and (latest is None or latest.window.start <= key.window.start):
            self._latest[key.model] = snapshot
        self._telemetry.evaluated(time.perf_counter() - started)

    def _keep_makers(self, model: ModelId) -> None:
        """A snapshot names what made it by hash; each is kept once, so that it can be made again."""
        rules = self._rules()
        settings, reference = rules.settings(model), rules.reference(model)
        if settings.hash not in self._kept:
            self._registry.put_config(settings.hash, settings.text)
            self._kept.add(settings.hash)
        if reference is not None and reference.hash not in self._kept:
            self._registry.put_reference(reference.hash, reference.to_bytes())
            self._kept.add(reference.hash)

    def snapshot_of(self, key: WindowKey) -> Snapshot:
        """Evaluate a window as it stands now; nothing is kept."""
        rules = self._rules()
        reference = rules.reference(key.model)
        view = self.view_of(key)
        past = [s for s in self._history(key.model, PAST_SNAPSHOTS + 1) if s.window.start < key.window.start]
        newest_first = past[: -PAST_SNAPSHOTS - 1 : -1]
        return without_alarm(evaluate(view, reference, rules.settings(key.model).evaluation, newest_first), view)

    def view_of(self, key: WindowKey) -> WindowView:
        """Add up the panes of a window as they are on disk."""
        # The empty pane in front: a silent window has no other.
        empty = Pane(PaneKey(key.model, key.segment, key.window.start), 0)
        panes = self._state.panes(key.model, key.segment, key.window.start, key.window.end)
        return view_of(key.window, chain([empty], panes))

    def _history(self, model: ModelId, limit: int) -> list[Snapshot]:
        length = self._rules().settings(model).window
        return [snapshot_from_dict(json.loads(kept.body)) for kept in self._registry.history(model, length, limit)]

    # --- what is known --------------------------------------------------------------------------------------
    def latest(self, model: ModelId) -> Snapshot | None:
        """Return the newest closed window of a model."""
        return self._latest.get(model)

    def is_waiting(self, model: ModelId, now: float) -> bool:
        """Tell whether a closed window of a model still waits for its evaluation, or for its end."""
        waits = any(key.model == model and self._closed(key, now) for key in self.due.waiting())
        busy = self._busy
        return waits or (busy is not None and busy.model == model)
