"""Where a numeric reference is cut: decided once, from the reference, never from traffic.

The cuts are the union of four sets, so that each statistic can be had from one vector of counts:

- the least value and the float after the largest: what lies outside the reference has cells of its own;
- a fine grid: no cell but a single value's own holds more than 1/256 of the reference (KS within 1/256);
- the nine inner deciles (PSI and JS on ten reference quantiles, exactly);
- the bounds of ten bins of equal mass in which a frequent value has its own (chi-squared).

A value has a cell of its own when there is a cut on it and another on the next float.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.types import Float, Int

__all__ = ["Cuts", "cuts_of"]

FINE = 256
"""Largest share of a cell of the fine grid, inverted."""
BINS = 10
"""Bins of PSI, JS and chi-squared. With 20 chi-squared loses power and PSI is noisier."""


class Cuts(NamedTuple):
    """The cuts of one column; see `NumericReference` for the fields."""

    cuts: Float
    next_up: npt.NDArray[np.bool_]
    quantile_cuts: Int
    mass_cuts: Int


def cuts_of(values: Float) -> Cuts:
    """Choose the cuts of a numeric column.

    Where the deciles collapse to fewer than three bins (92 % of the values are zero, say), PSI and JS use the ten
    bins of chi-squared: in one bin they would be 0 for ever.

    Args:
        values: (n,) finite values of the reference in any order; may be empty.

    Returns:
        At most some 1,100 cuts.
    """
    if len(values) == 0:
        none = np.zeros(0, np.int64)
        return Cuts(np.zeros(0), np.zeros(0, np.bool_), none, none)
    distinct, counts = np.unique(values, return_counts=True)
    distinct = distinct + 0.0  # -0.0 and 0.0 are one value
    with np.errstate(over="ignore"):  # the float after the largest of all is infinite, and no cut
        fine = _fine(distinct, counts)
        mass = _mass(distinct, counts)
        ends = np.array([distinct[0], np.nextafter(distinct[-1], np.inf)])
    deciles = _deciles(values)
    quantile = deciles if len(deciles) >= 2 else mass
    cuts = np.unique(np.concatenate([ends, fine, mass, deciles]))
    cuts = cuts[np.isfinite(cuts)]
    return Cuts(cuts, _next_up(cuts, distinct), _places(cuts, quantile), _places(cuts, mass))


def _deciles(values: Float) -> Float:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    return edges[1:-1]


def _fine(distinct: Float, counts: Int) -> Float:
    """Greedy: fill a cell until the next value would make it too large; a value too large alone gets its own."""
    limit = int(counts.sum()) / FINE
    ends = np.cumsum(counts)
    starts = ends - counts
    edges: list[float] = []
    for low, high in _between(counts > limit, distinct, edges):
        place = low
        while place < high:
            place = max(place + 1, int(np.searchsorted(ends, starts[place] + limit, side="right")))
            if place < high:
                edges.append(float(distinct[place]))
    return np.array(edges)


def _mass(distinct: Float, counts: Int) -> Float:
    """Values with at least half a bin's share have their own; each stretch between them is cut evenly."""
    total = int(counts.sum())
    ends = np.cumsum(counts)
    edges: list[float] = []
    for low, high in _between(counts * 2 * BINS >= total, distinct, edges):
        if low == high:
            continue
        before = int(ends[low] - counts[low])
        share = (int(ends[high - 1]) - before) / total
        pieces = max(1, round(share * BINS))
        targets = before + share * total * np.arange(1, pieces) / pieces
        # the cut goes where the cumulated count is nearest to the target
        after = np.searchsorted(ends[low:high], targets) + low
        places = after + (np.abs(ends[after] - targets) < np.abs(ends[after] - counts[after] - targets))
        edges.extend(distinct[p] for p in places if low < p < high)
    return np.array(edges)


def _between(own: npt.NDArray[np.bool_], distinct: Float, edges: list[float]) -> list[tuple[int, int]]:
    """Cut on both sides of each value that has its own cell; return the stretches [low, high) between them."""
    places = np.flatnonzero(own)
    for value in distinct[places]:
        edges.extend((float(value), float(np.nextafter(value, np.inf))))
    lows, highs = [0, *(places + 1).tolist()], [*places.tolist(), len(distinct)]
    return list(zip(lows, highs, strict=True))


def _next_up(cuts: Float, distinct: Float) -> npt.NDArray[np.bool_]:
    """Mark the cuts that float32 would move down onto the reference value below them."""
    below = np.searchsorted(distinct, cuts) - 1
    with np.errstate(over="ignore"):
        same = distinct[np.maximum(below, 0)].astype(np.float32) == cuts.astype(np.float32)
    return np.asarray(same & (below >= 0), np.bool_)


def _places(cuts: Float, some: Float) -> Int:
    """Indices in the union of some of its members."""
    inside = np.unique(some[np.isfinite(some)])
    return np.searchsorted(cuts, inside).astype(np.int64)
