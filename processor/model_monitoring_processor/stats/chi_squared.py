"""Pearson's chi-squared test of homogeneity of two samples of counts."""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from model_monitoring_processor.types import Float

__all__ = ["ChiSquared", "chi_squared", "squared_effect"]


class ChiSquared(NamedTuple):
    """Statistic, degrees of freedom and p."""

    statistic: float
    dof: int
    p_value: float


def chi_squared(reference: Float, current: Float) -> ChiSquared:
    """Test whether both samples were drawn from one distribution over the same categories.

    The reference is a sample too, so this is the 2 x K table and not a goodness of fit; no Yates correction.
    Categories that neither sample holds do not count.

    Args:
        reference: (k,) counts per category.
        current: (k,) counts of the same categories, scaled to the effective size when they are weighted.

    Returns:
        statistic 0, dof 0, p 1 when there are fewer than two categories or a sample is empty.

    Source: K. Pearson, Biometrika 8 (1911) 250-254.
    """
    total = reference + current
    seen = total > 0
    dof = int(np.count_nonzero(seen)) - 1
    m, n = float(reference.sum()), float(current.sum())
    if dof < 1 or m <= 0 or n <= 0:
        return ChiSquared(0.0, 0, 1.0)
    # with r + c = t and m + n = N both rows of the table deviate by d = (r n - c m) / N, in opposite directions
    deviation = (reference[seen] * n - current[seen] * m) / (m + n)
    statistic = float(np.sum(deviation * deviation / total[seen]) * (m + n) * (1 / m + 1 / n))
    return ChiSquared(statistic, dof, float(chdtrc(dof, statistic)))


def squared_effect(test: ChiSquared, m: float, n: float) -> float:
    """w2 = max(0, chi2 - dof) / n_e, n_e = m n / (m + n): the squared effect size w, free of the noise's share.

    Args:
        test: the test whose size of effect is asked for.
        m: size of the reference.
        n: size, or effective size, of the current sample.

    Returns:
        About the PSI of the same bins, without the PSI's floor.

    Source: J. Cohen, Statistical Power Analysis (1988), chapter 7, less the expectation dof under the null.
    """
    if m <= 0 or n <= 0:
        return 0.0
    return max(0.0, test.statistic - test.dof) * (m + n) / (m * n)
