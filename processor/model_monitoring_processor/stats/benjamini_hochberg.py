"""Benjamini-Hochberg: p-values corrected for the number of tests."""

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.types import Float

__all__ = ["q_values"]


def q_values(p_values: npt.ArrayLike) -> Float:
    """Least false discovery rate at which each test would be called: q(i) = min over j >= i of p(j) K / j.

    Args:
        p_values: (K,) in any order.

    Returns:
        (K,) in the same order, each in [p, 1].

    Source: Y. Benjamini, Y. Hochberg, J. R. Statist. Soc. B 57 (1995) 289-300.
    """
    values = np.asarray(p_values, np.float64)
    count = len(values)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * count / np.arange(1, count + 1)
    result = np.empty(count)
    result[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return result
