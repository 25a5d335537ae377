"""Two-sample Kolmogorov-Smirnov: the largest distance between two cumulated distributions."""

import math

import numpy as np
from scipy.special import gammaln, kolmogorov

from model_monitoring_processor.types import Float

__all__ = ["ks_distance", "ks_p_value"]

_EXACT_ROWS = 2000
_TAIL = 2.2


def ks_distance(reference: Float, current: Float) -> float:
    """D = max |F(x) - G(x)| over the boundaries of the cells.

    From cells of which none but a single value's own holds more than a share s of the reference, D is at most s
    below the distance of the raw samples (inside a cell F rises by s at most while G is monotone), and never above.

    Args:
        reference: (k,) counts per cell, in the order of the values.
        current: (k,) counts of the same cells; weighted counts will do.

    Returns:
        D in [0, 1]; 0 when either sample is empty.

    Source: N. Smirnov, Ann. Math. Statist. 19 (1948) 279-281.
    """
    m, n = float(reference.sum()), float(current.sum())
    if m <= 0 or n <= 0:
        return 0.0
    return float(np.abs(np.cumsum(reference) / m - np.cumsum(current) / n).max())


def ks_p_value(distance: float, m: float, n: float) -> float:
    """Chance of a distance at least as large when both samples come from one continuous distribution.

    With n_e = m n / (m + n) and t = D sqrt(n_e): in the tail (t^2 >= 2.2, p < .025) of up to 2,000 effective rows
    twice the one-sided Smirnov sum of round(n_e) rows, which is scipy's `ks_2samp(method="asymp")`; elsewhere
    Kolmogorov's limit at t + 1 / (6 sqrt(n_e)) + (t - 1) / (4 n_e), which is within 1 % of it for p above 1e-8 where
    the sum is not used. On data with ties p is too large (conservative).

    Args:
        distance: D in [0, 1].
        m: size of the reference, or its effective size.
        n: size of the current sample, or its effective size.

    Returns:
        p in [0, 1]; 1 when either sample is empty.

    Source: N. Smirnov, Ann. Math. Statist. 19 (1948) 279-281; R. Simard, P. L'Ecuyer, J. Stat. Softw. 39 (2011) 11;
    J. Vrbik, Pioneer J. Theor. Appl. Statist. 15 (2018) 35-44.
    """
    if m <= 0 or n <= 0 or distance <= 0:
        return 1.0
    size = m * n / (m + n)
    t = distance * math.sqrt(size)
    rows = round(size)
    if rows <= _EXACT_ROWS and rows * distance * distance >= _TAIL:
        return min(1.0, 2 * _smirnov(rows, distance))
    return float(kolmogorov(max(0.0, t + 1 / (6 * math.sqrt(size)) + (t - 1) / (4 * size))))


def _smirnov(rows: int, distance: float) -> float:
    """P(D+ >= d) = d sum_j C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j) over j/n < 1 - d."""
    j = np.arange(rows)
    j = j[distance + j / rows < 1]
    above = distance + j / rows
    logs = gammaln(rows + 1) - gammaln(j + 1) - gammaln(rows - j + 1)
    logs = logs + (j - 1) * np.log(above) + (rows - j) * np.log1p(-above)
    return distance * float(np.exp(logs).sum())
