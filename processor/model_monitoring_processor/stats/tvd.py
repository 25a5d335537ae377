"""Total variation distance."""

import numpy as np

from model_monitoring_processor.types import Float

__all__ = ["total_variation"]


def total_variation(reference: Float, current: Float) -> float:
    """Half the sum of absolute differences of the shares: the part of the rows that would have to move.

    Args:
        reference: (k,) counts per category.
        current: (k,) counts of the same categories.

    Returns:
        A metric in [0, 1]; 0 when either sample is empty.

    Source: D. Levin, Y. Peres, E. Wilmer, Markov Chains and Mixing Times (2009), proposition 4.2.
    """
    m, n = float(reference.sum()), float(current.sum())
    if m <= 0 or n <= 0:
        return 0.0
    return float(np.abs(reference / m - current / n).sum() / 2)
