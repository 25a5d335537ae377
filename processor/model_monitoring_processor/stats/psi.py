"""Population stability index."""

import numpy as np

from model_monitoring_processor.types import Float

__all__ = ["FLOOR", "psi"]

FLOOR = 1e-4
"""Least share of a bin. The index of a bin that empties depends on it: state both with every figure."""


def psi(reference: Float, current: Float) -> float:
    """PSI = sum((q - p) ln(q / p)) over bins, shares floored at 1e-4 and not normalised again.

    It equals the symmetrised Kullback-Leibler divergence (Jeffreys) of the binned distributions. Without drift it is
    about (bins - 1) (1/m + 1/n): small windows have a large PSI by chance.

    Args:
        reference: (k,) counts per bin.
        current: (k,) counts of the same bins.

    Returns:
        PSI >= 0; 0 when either sample is empty.

    Source: H. Jeffreys, Proc. R. Soc. A 186 (1946) 453-461; N. Siddiqi, Credit Risk Scorecards (2006).
    """
    m, n = float(reference.sum()), float(current.sum())
    if m <= 0 or n <= 0:
        return 0.0
    p, q = np.maximum(reference / m, FLOOR), np.maximum(current / n, FLOOR)
    return float(np.sum((q - p) * np.log(q / p)))
