"""Cauchy combination of p-values of tests that look at the same data."""

import math
from collections.abc import Sequence

__all__ = ["combined_p"]

_TINY = 1e-8
"""Below it tan((1/2 - p) pi) loses its digits and 1 / (p pi) is exact to 1e-16."""


def combined_p(p_values: Sequence[float]) -> float:
    """Combine tests into 1/2 - atan(T) / pi, where T = mean(tan((1/2 - p_i) pi)).

    The size holds under any dependence of the tests where it matters: in the tail.

    Args:
        p_values: at least one, each in [0, 1].

    Returns:
        p in [0, 1]; 0 if one of them is 0.

    Source: Y. Liu, J. Xie, J. Am. Statist. Assoc. 115 (2020) 393-402.
    """
    if min(p_values) <= 0:
        return 0.0
    statistic = math.fsum(_quantile(p) for p in p_values) / len(p_values)
    if statistic > 1 / (_TINY * math.pi):
        return 1 / (statistic * math.pi)
    return min(1.0, max(0.0, 0.5 - math.atan(statistic) / math.pi))


def _quantile(p: float) -> float:
    return 1 / (p * math.pi) if p < _TINY else math.tan((0.5 - p) * math.pi)
