"""After warming nothing is left to compile."""

import numpy as np
import pytest

from model_monitoring_processor.stats import count, locate
from model_monitoring_processor.stats.warm import warm
from model_monitoring_processor.windows import Pane, add_predictions


def compiled() -> list[int]:
    kernels = (locate._locate, locate._bucket, count.add_counts, count.add_weighted)
    return [len(kernel.signatures) for kernel in kernels]


def test_counting_batches_of_every_kind_compiles_nothing_new():
    from model_monitoring_processor.reference import build
    from model_monitoring_processor.types import ModelId, NumericColumn, PredictionBatch

    if not hasattr(locate._locate, "signatures"):
        pytest.skip("the compiler is off (NUMBA_DISABLE_JIT)")
    warm()
    before = compiled()
    reference, panes = build({"x": np.arange(500.0)}, model="m"), {}
    for dtype in (np.float32, np.float64):
        for times in (np.zeros(4, np.int64), np.arange(4) * 10**12):
            for weights in (None, np.full(4, 2.0)):
                values = np.frombuffer(np.arange(4, dtype=dtype).tobytes(), dtype)
                keys = np.zeros((4, 16), np.uint8)
                batch = PredictionBatch(ModelId("m"), "b", keys, times, {"x": NumericColumn(values)}, {}, weights)
                add_predictions(batch, reference, 300, lambda key: panes.setdefault(key, Pane(key, 300)))
    assert compiled() == before
