"""A tail-sampled source is shown and wakes nobody."""

import numpy as np

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.reference import build
from model_monitoring_processor.service.biased import without_alarm
from model_monitoring_processor.types import EvaluationSettings, ModelId, NumericColumn, PredictionBatch, Window
from model_monitoring_processor.windows import Pane, add_predictions, view_of

ROWS = 2_000
RANDOM = np.random.default_rng(1)
REFERENCE = build({"age": RANDOM.normal(size=5_000)}, model="fraud", outputs=[])
WINDOW = Window("2023-11-14", "1d", 1_699_920_000, 1_700_006_400)


def drifted(*, biased):
    """A window of rows far from the reference."""
    batch = PredictionBatch(
        model=ModelId("fraud"),
        batch_id="1",
        keys=np.zeros((ROWS, 16), np.uint8),
        times=np.full(ROWS, 1_700_000_000 * 10**9),
        features={"age": NumericColumn(RANDOM.normal(1.0, size=ROWS))},
        outputs={},
        biased=biased,
    )
    panes = {}
    add_predictions(batch, REFERENCE, 300, lambda key: panes.setdefault(key, Pane(key, 300)))
    restored = [Pane.from_bytes(key, pane.to_bytes()) for key, pane in panes.items()]
    view = view_of(WINDOW, restored)
    return without_alarm(evaluate(view, REFERENCE, EvaluationSettings()), view)


def test_rows_of_a_biased_sample_exceed_and_never_drift():
    snapshot = drifted(biased=True)
    (column,) = snapshot.columns
    assert (snapshot.verdict, column.severity) == ("exceeded", "")
    assert column.reason.startswith("biased sample, no alert: ")
    assert column.ks > 0.3
    assert snapshot.provenance.gaps == (
        "biased sample: 2,000 of 2,000 rows are of a tail-sampled source; shown, never an alert",
    )


def test_other_rows_do():
    snapshot = drifted(biased=False)
    assert (snapshot.verdict, snapshot.provenance.gaps) == ("drifted", ())
