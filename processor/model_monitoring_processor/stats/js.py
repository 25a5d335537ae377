"""Jensen-Shannon distance."""

import numpy as np
from scipy.special import rel_entr

from model_monitoring_processor.types import Float

__all__ = ["js_distance"]


def js_distance(reference: Float, current: Float) -> float:
    """Square root of the Jensen-Shannon divergence in base 2, without a floor.

    Args:
        reference: (k,) counts per bin.
        current: (k,) counts of the same bins.

    Returns:
        A metric in [0, 1]: 1 when no bin is shared; 0 when either sample is empty.

    Source: D. Endres, J. Schindelin, IEEE Trans. Inf. Theory 49 (2003) 1858-1860.
    """
    m, n = float(reference.sum()), float(current.sum())
    if m <= 0 or n <= 0:
        return 0.0
    p, q = reference / m, current / n
    middle = (p + q) / 2
    divergence = float(np.sum(rel_entr(p, middle) + rel_entr(q, middle))) / (2 * np.log(2))
    return float(np.sqrt(min(1.0, max(0.0, divergence))))
