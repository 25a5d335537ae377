"""Rare categories put together, so that the chi-squared test keeps its size."""

import numpy as np

from model_monitoring_processor.types import Float, Int

__all__ = ["LEAST_EXPECTED", "pool"]

LEAST_EXPECTED = 10.0
"""Expected count in the smaller sample below which a category is rare. 5 holds 5 %, but has up to 4 times the tail."""

_MOST_GROUPS = 10


def pool(reference: Float, current: Float, least: float = LEAST_EXPECTED) -> tuple[Float, Float]:
    """Pool categories by their expected count in the smaller sample, min(m, n) (r + c) / (m + n).

    Judged on the margin r + c, never on the reference's count: choosing by one sample and testing with it lets
    regression to the mean pass for drift (size up to 15 %). What is rare is sorted by the margin and cut into at
    most ten groups of equal expectation; a group that is still rare joins the cell before it.

    Args:
        reference: (k,) counts per category.
        current: (k,) counts of the same categories, scaled to the effective size when they are weighted.
        least: expected count below which a category is rare.

    Returns:
        Two arrays of the same length with the same sums: the common categories in their order, then the groups.
        Fewer than two cells mean that there is nothing to test.
    """
    margin = reference + current
    m, n = float(reference.sum()), float(current.sum())
    expected = margin * (min(m, n) / (m + n)) if m + n > 0 else margin
    common = expected >= least
    rare = np.flatnonzero(~common & (margin > 0))
    pooled_reference, pooled_current = reference[common], current[common]
    if len(rare) == 0:
        return pooled_reference, pooled_current
    rare = rare[np.argsort(-margin[rare], kind="stable")]
    group = _groups(expected[rare], least)
    pooled_reference = np.append(pooled_reference, np.bincount(group, reference[rare]))
    pooled_current = np.append(pooled_current, np.bincount(group, current[rare]))
    return _join_rare(pooled_reference, pooled_current, int(np.count_nonzero(common)), least)


def _groups(expected: Float, least: float) -> Int:
    """Number of the group of each rare category, the largest first; groups of about equal expectation."""
    total = float(expected.sum())
    if total == 0:  # one of the samples is empty
        return np.zeros(len(expected), np.int64)
    count = min(_MOST_GROUPS, max(1, int(total / (2 * least))))
    middle = np.cumsum(expected) - expected / 2
    raw = np.minimum(count - 1, (middle * (count / total)).astype(np.int64))
    # a large category may step over a group: number those that are there
    return np.unique(raw, return_inverse=True)[1].astype(np.int64)


def _join_rare(reference: Float, current: Float, common: int, least: float) -> tuple[Float, Float]:
    """Join every group that is still rare to the cell before it; the smallest common cell is before the first."""
    m, n = float(reference.sum()), float(current.sum())
    factor = min(m, n) / (m + n)
    head = np.argsort(-(reference + current)[:common], kind="stable")
    order = np.append(head, np.arange(common, len(reference)))
    cells: list[list[float]] = []
    for r, c in zip(reference[order].tolist(), current[order].tolist(), strict=True):
        if cells and (r + c) * factor < least:
            cells[-1] = [cells[-1][0] + r, cells[-1][1] + c]
        else:
            cells.append([r, c])
    joined = np.array(cells)
    return joined[:, 0], joined[:, 1]
