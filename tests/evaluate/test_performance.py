"""What the labels that have come say of a window, and what they leave open."""

import numpy as np
import pytest

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.types import EvaluationSettings, ModelId, Window
from model_monitoring_processor.windows import add_outcomes, add_predictions, view_of
from model_monitoring_processor.windows.pane import Pane, PaneKey

HOUR = Window("w", "1h", 0, 3600)


def with_outcomes(run, predicted: list[str], labels: list[str]):
    """Snapshot of eight rows, some of them labelled."""
    panes: dict = {}

    def pane_of(key: PaneKey) -> Pane:
        return panes.setdefault(key, Pane(key, 300))

    add_predictions(run.batch({"x": np.zeros(8)}), None, 300, pane_of)
    add_outcomes(ModelId("m"), np.zeros(len(labels), np.int64), predicted, labels, 300, pane_of)
    return evaluate(view_of(HOUR, panes.values()), None, EvaluationSettings(), ())


def test_performance_comes_with_its_coverage(run):
    snapshot = with_outcomes(run, ["1", "1", "0", "0"], ["1", "0", "0", "0"])
    performance = snapshot.performance
    assert (performance.labelled, performance.coverage) == (4, 0.5)
    assert performance.metrics == pytest.approx({"accuracy": 0.75, "precision": 0.5, "recall": 1.0, "f1": 2 / 3})
    assert snapshot.provenance.gaps == ()


def test_an_odd_label_hides_no_metric_and_is_told(run):
    snapshot = with_outcomes(run, ["1", "1", "0", "0", "1"], ["1", "0", "0", "0", "unknown"])
    expected = {"accuracy": 0.6, "precision": 0.5, "recall": 1.0, "f1": 2 / 3}
    assert snapshot.performance.metrics == pytest.approx(expected)
    assert snapshot.provenance.gaps == (
        "1 of 5 labelled rows are not binary (0 or 1): wrong for the accuracy, not in precision, recall and F1",
    )


def test_several_classes_have_an_accuracy_and_no_gap(run):
    snapshot = with_outcomes(run, ["cat", "dog", "1"], ["cat", "cat", "1"])
    assert snapshot.performance.metrics == pytest.approx({"accuracy": 2 / 3})
    assert snapshot.provenance.gaps == ()


def test_without_labels_there_is_no_performance(run):
    assert run.judged(None, {"x": np.zeros(200)}).performance is None
