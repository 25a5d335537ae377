"""Every figure of one column, and the p-value of the method that was asked for."""

from typing import NamedTuple

import numpy as np

from model_monitoring_processor.evaluate.comparison import Comparison
from model_monitoring_processor.reference import NumericReference
from model_monitoring_processor.stats.cauchy import combined_p
from model_monitoring_processor.stats.chi_squared import ChiSquared, chi_squared, squared_effect
from model_monitoring_processor.stats.js import js_distance
from model_monitoring_processor.stats.ks import ks_distance, ks_p_value
from model_monitoring_processor.stats.pooling import pool
from model_monitoring_processor.stats.psi import psi
from model_monitoring_processor.stats.tvd import total_variation
from model_monitoring_processor.types import Float, Int, Method

__all__ = ["Figures", "figures_of"]


_LEAST_IN_A_BIN = 5.0
"""Bins hold a tenth each by construction: with 10, a window of 100 rows would pool those that chance made small."""


class Figures(NamedTuple):
    """As in `types.ColumnResult`; None where one does not apply."""

    effect: float
    w2: float
    psi: float
    js: float
    ks: float | None = None
    tvd: float | None = None
    chi_squared: float | None = None
    p_value: float | None = None
    """None: fewer than two categories are common enough for a test."""


def figures_of(comparison: Comparison, method: Method) -> Figures:
    """Compute the figures of a column that has rows on both sides.

    | method | p of a numeric column | p of a categorical column |
    |---|---|---|
    | ks_test | Kolmogorov-Smirnov | chi-squared, rare categories pooled |
    | chi_squared | chi-squared on ten bins with mass points | the same |
    | auto | Cauchy combination of both | the same |
    | psi, js | chi-squared on the bins of the distance | the same |

    Args:
        comparison: the counts.
        method: of the test.
    """
    if isinstance(comparison.column, NumericReference):
        return _numeric(comparison, comparison.column, method)
    return _categorical(comparison)


def _numeric(comparison: Comparison, column: NumericReference, method: Method) -> Figures:
    reference, current = comparison.reference, comparison.current
    quantile = _binned(reference, column.quantile_cuts), _binned(current, column.quantile_cuts)
    mass = _bin_test(_binned(reference, column.mass_cuts), _binned(current, column.mass_cuts))
    distance = ks_distance(reference, current)
    ks_p = ks_p_value(distance, comparison.n_reference, comparison.effective)
    p_value = {
        "ks_test": lambda: ks_p,
        "chi_squared": lambda: mass.p_value,
        "auto": lambda: combined_p([ks_p, mass.p_value]),
        "psi": lambda: _bin_test(*quantile).p_value,
        "js": lambda: _bin_test(*quantile).p_value,
    }[method]()
    return Figures(
        effect=distance,
        w2=squared_effect(mass, comparison.n_reference, comparison.effective),
        psi=psi(*quantile),
        js=js_distance(*quantile),
        ks=distance,
        p_value=p_value,
    )


def _categorical(comparison: Comparison) -> Figures:
    reference, current = comparison.reference, comparison.current
    pooled = pool(reference, current)
    test = chi_squared(*pooled)
    return Figures(
        effect=total_variation(*pooled),
        w2=squared_effect(test, comparison.n_reference, comparison.effective),
        psi=psi(reference, current),
        js=js_distance(reference, current),
        tvd=total_variation(reference, current),
        chi_squared=chi_squared(reference, current).statistic,
        p_value=test.p_value if test.dof > 0 else None,
    )


def _bin_test(reference: Float, current: Float) -> ChiSquared:
    """Chi-squared of the bins of numbers, those that are nearly empty pooled."""
    return chi_squared(*pool(reference, current, _LEAST_IN_A_BIN))


def _binned(cells: Float, cuts: Int) -> Float:
    """Counts of the bins that some of the cuts bound: cut i parts cell i from cell i + 1."""
    below = np.cumsum(cells)
    return np.diff(below[cuts], prepend=0.0, append=below[-1])
