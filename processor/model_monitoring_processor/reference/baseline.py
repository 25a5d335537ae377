"""Performance of the model on its own reference, where that came with labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from model_monitoring_processor.reference.values import canonical_of, is_missing
from model_monitoring_processor.stats.classification import classification

__all__ = ["baseline_of"]


def baseline_of(outputs: Mapping[str, Any], label: Any) -> dict[str, float]:
    """Compare predicted classes with labels, row by row, where both are there.

    Args:
        outputs: output columns by their output name; `class` is used, else `score` cut at .5.
        label: true outcomes.

    Returns:
        `accuracy`, `precision`, ... as they are defined; empty where no class was predicted.
    """
    if "class" in outputs:
        predicted = [None if is_missing(v) else canonical_of(v) for v in np.asarray(outputs["class"]).tolist()]
    elif "score" in outputs:
        scores = np.asarray(outputs["score"], np.float64)
        predicted = [None if np.isnan(s) else str(int(s >= 0.5)) for s in scores.tolist()]
    else:
        return {}
    truth = [None if is_missing(v) else canonical_of(v) for v in np.asarray(label).tolist()]
    pairs = [(p, t) for p, t in zip(predicted, truth, strict=True) if p is not None and t is not None]
    return classification(
        labelled=len(pairs),
        correct=sum(p == t for p, t in pairs),
        tp=pairs.count(("1", "1")),
        fp=pairs.count(("1", "0")),
        tn=pairs.count(("0", "0")),
        fn=pairs.count(("0", "1")),
    )
