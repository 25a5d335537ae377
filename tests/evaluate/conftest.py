"""From columns to a snapshot in one call."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.types import (
    CategoricalColumn,
    Column,
    EvaluationSettings,
    ModelId,
    NumericColumn,
    PredictionBatch,
    Snapshot,
    Window,
)
from model_monitoring_processor.windows import Pane, WindowView, add_predictions, view_of

MODEL = ModelId("m")
WINDOW = Window("1970-01-01T00:00Z", "1h", 0, 3600)


def column(values: Any) -> Column:
    """A column as it comes off the wire."""
    array = np.asarray(values)
    if array.dtype.kind in "fiub":
        return NumericColumn(array if array.dtype == np.float32 else array.astype(np.float64))
    missing = np.array([v is None or v != v for v in array.tolist()])
    names, codes = np.unique(array[~missing].astype(str), return_inverse=True)
    all_codes = np.full(len(array), 2**16 - 1, np.uint16)
    all_codes[~missing] = codes
    return CategoricalColumn(all_codes, tuple(names.tolist()))


def batch(
    features: Mapping[str, Any], outputs: Mapping[str, Any] | None = None, weights: Any = None
) -> PredictionBatch:
    columns = {name: column(values) for name, values in features.items()}
    results = {name: column(values) for name, values in (outputs or {}).items()}
    n = len(next(iter({**features, **(outputs or {})}.values())))
    return PredictionBatch(MODEL, "b", np.zeros((n, 16), np.uint8), np.zeros(n, np.int64), columns, results, weights)


def window(reference: Reference | None, *batches: PredictionBatch) -> WindowView:
    panes: dict[Any, Pane] = {}
    for one in batches:
        add_predictions(one, reference, 300, lambda key: panes.setdefault(key, Pane(key, 300)))
    return view_of(WINDOW, panes.values())


def judged(
    reference: Reference | None,
    features: Mapping[str, Any],
    outputs: Mapping[str, Any] | None = None,
    *,
    settings: EvaluationSettings | None = None,
    weights: Any = None,
    past: Sequence[Snapshot] = (),
) -> Snapshot:
    view = window(reference, batch(features, outputs, weights))
    return evaluate(view, reference, settings or EvaluationSettings(), past)


@pytest.fixture(scope="session")
def run() -> SimpleNamespace:
    return SimpleNamespace(judged=judged, batch=batch, window=window, column=column)
