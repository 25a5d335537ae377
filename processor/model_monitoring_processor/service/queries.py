"""What the page and the JSON API see: the `Monitor` of `export.queries`, over the store."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from model_monitoring_processor.evaluate import Distribution, distribution, snapshot_from_dict, snapshot_to_dict
from model_monitoring_processor.export.queries import MAX_WINDOWS
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.due import WindowKey
from model_monitoring_processor.service.evaluator import Evaluator
from model_monitoring_processor.service.rules import Rules
from model_monitoring_processor.store import Registry, SeenModel, StateStore
from model_monitoring_processor.types import ModelId, Window

__all__ = ["StoreMonitor"]

Json = dict[str, Any]


class StoreMonitor:
    """Read-only answers. Each asks the store anew, so what is shown is what is kept."""

    def __init__(self, state: StateStore, registry: Registry, evaluator: Evaluator, rules: Callable[[], Rules]) -> None:
        self._state = state
        self._registry = registry
        self._evaluator = evaluator
        self._rules = rules

    def models(self) -> list[Json]:
        """Every model seen, and every one that has a reference and has not been seen yet."""
        seen = {entry.model: entry for entry in self._state.models()}
        rules = self._rules()
        names = {model.name for model in seen}
        unseen = [ModelId(name) for name in rules.book.names() if name not in names]
        pending = self._evaluator.pending(Moment.now())
        return [self._model(rules, model, seen.get(model), model in pending) for model in [*sorted(seen), *unseen]]

    def knows(self, model: ModelId) -> bool:
        """Tell whether a model is among `models`."""
        rules = self._rules()
        return self._evaluator.knows(model) or (model == ModelId(model.name) and model.name in rules.book.names())

    def _model(self, rules: Rules, model: ModelId, seen: SeenModel | None, pending: bool) -> Json:
        settings = rules.settings(model)
        reference = rules.reference(model)
        latest = self._evaluator.latest(model)
        performance = latest.performance if latest else None
        verdict = latest.verdict if latest else ("waiting" if reference else "no_reference")
        return {
            **model._asdict(),
            "reference": _reference(reference),
            "rows": seen.rows if seen else 0,
            "last_prediction": seen.last_event if seen else None,
            "window": settings.window,
            "verdict": verdict,
            "drifted": [c.name for c in latest.columns if c.verdict == "drifted"] if latest else [],
            "labelled": performance.labelled if performance else 0,
            "accuracy": performance.metrics.get("accuracy") if performance else None,
            "pending": pending,
            "info": dict(settings.info),
        }

    def windows(self, name: str, version: str, environment: str, limit: int) -> list[Json]:
        """The newest snapshots of a model, and the window in progress."""
        model = ModelId(name, version, environment)
        length = self._rules().settings(model).window
        kept = [
            _window(json.loads(entry.body), closed=True, revision=entry.revision)
            for entry in self._registry.history(model, length, limit)
        ]
        names = {window["window"]["name"] for window in kept}
        open_windows = [
            _window(snapshot_to_dict(snapshot), closed=False, revision=0)
            for snapshot in self._evaluator.in_progress(model)
            if snapshot.window.name not in names
        ]
        return sorted(kept + open_windows, key=lambda window: window["window"]["start"])[-limit:]

    def distribution(  # noqa: PLR0917 - the query's own parameters
        self, name: str, version: str, environment: str, window: str, role: str, column: str
    ) -> Json | None:
        """Reference against current distribution of one column."""
        model = ModelId(name, version, environment)
        reference = self._rules().reference(model)
        found = self._window(model, window)
        if reference is None or found is None:
            return None
        view = self._evaluator.view_of(WindowKey(model, "", found))
        if role == "feature":
            shown = distribution(view, reference, "feature", column)
        else:
            shown = distribution(view, reference, "output", column.removeprefix("prediction."))
        return None if shown is None else _shown(shown, window)

    def _window(self, model: ModelId, name: str) -> Window | None:
        waiting = [key.window for key in self._evaluator.due.waiting() if key.model == model]
        length = self._rules().settings(model).window
        kept = [entry.window for entry in self._registry.history(model, length, MAX_WINDOWS)]
        return next((window for window in [*waiting, *kept] if window.name == name), None)


def _reference(reference: Reference | None) -> Json | None:
    if reference is None:
        return None
    return {"hash": reference.hash, "rows": reference.rows, "version": reference.version}


def _window(snapshot: Json, *, closed: bool, revision: int) -> Json:
    return snapshot | {"verdict": snapshot_from_dict(snapshot).verdict, "closed": closed, "revision": revision}


def _shown(shown: Distribution, window: str) -> Json:
    cells = [asdict(cell) | {"label": cell.label or _between(cell.low, cell.high)} for cell in shown.cells]
    return {
        "column": shown.name,
        "kind": shown.kind,
        "window": window,
        "cells": cells,
        "missing": {"reference": shown.reference_missing, "current": shown.current_missing},
        "unseen": shown.current_unseen,
        "invalid": shown.current_invalid,
    }


def _between(low: float | None, high: float | None) -> str:
    """Words for an interval of numbers."""
    if low is None or high is None:
        return f"below {high:.4g}" if high is not None else f"{low or 0.0:.4g} and above"
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
