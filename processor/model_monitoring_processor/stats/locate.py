"""Value to cell: the number of cuts that do not exceed a value, in a few nanoseconds whatever the distribution.

A uniform grid lies over the cuts. The bucket of a value, int((x - lo) * scale), rises monotonically with x also under
rounding, so a cut in a lower bucket is below x and one in a higher bucket is above: only the cuts of the value's own
bucket need comparing. A bucket that is crowded (a heavy tail pushes all cuts into one) has a finer grid of its own;
what is crowded even there is bisected. The common case has no branch that depends on the value: random values would
have it guessed wrong, and that costs more than the work.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.stats.jit import jit
from model_monitoring_processor.types import Float, Int

__all__ = ["Grid", "grid_of", "locate"]

_CROWDED = 4
_SPREAD = 8
"""Buckets per cut."""
_TAIL = 32
"""One cut in so many is left out of the grid's span at either end."""

_Codes = npt.NDArray[np.int32]


class Grid(NamedTuple):
    """The look-up table of one set of cuts; plain arrays, as the kernel wants them."""

    cuts: Float
    """(k + 4,): the last four are NaN, which no value reaches."""
    lo: float
    scale: float
    begin: Int
    """(buckets + 1,): number of cuts in lower buckets."""
    child: Int
    """(buckets,): which finer grid a crowded bucket has; -1: none."""
    child_lo: Float
    child_scale: Float
    child_at: Int
    """(children + 1,): where each finer grid starts in `child_begin`."""
    child_begin: Int


def grid_of(cuts: Float) -> Grid:
    """Build the table of a set of cuts.

    Args:
        cuts: (k,) finite, strictly ascending; may be empty.

    Returns:
        The table for `locate`.
    """
    lo, scale, begin = _level(cuts, 0)
    crowded = np.flatnonzero(np.diff(begin) > _CROWDED)
    child = np.full(len(begin) - 1, -1, np.int64)
    child[crowded] = np.arange(len(crowded))
    levels = [_level(cuts[begin[j] : begin[j + 1]], int(begin[j])) for j in crowded]
    starts = np.cumsum([0, *(len(level[2]) for level in levels)])
    return Grid(
        cuts=np.append(cuts, np.full(_CROWDED, np.nan)),
        lo=lo,
        scale=scale,
        begin=begin,
        child=child,
        child_lo=np.array([level[0] for level in levels], np.float64),
        child_scale=np.array([level[1] for level in levels], np.float64),
        child_at=starts.astype(np.int64),
        child_begin=np.concatenate([np.zeros(0, np.int64), *(level[2] for level in levels)]),
    )


def locate(values: npt.NDArray[Any], grid: Grid, first: int, missing: int, out: _Codes) -> None:
    """Write the cell of every value: `first` + the number of cuts <= value, or `missing` for NaN.

    Args:
        values: (rows,) float32 or float64; infinities go to the outer cells.
        grid: of the cuts, in the precision in which values are to be compared.
        first: number of the first cell.
        missing: number of the cell for NaN.
        out: (rows,) receives the cells.
    """
    # one memory layout and one mutability: otherwise numba would compile the kernel again for each kind of view
    plain = np.require(values, requirements=["C", "A"]).view()
    plain.flags.writeable = False
    _locate(plain, *grid, first, missing, out)


def _level(cuts: Float, before: int) -> tuple[float, float, Int]:
    """Lowest value, scale and cumulated starts of one uniform grid over some of the cuts."""
    buckets = max(1, _SPREAD * len(cuts))
    lo, scale = 0.0, 0.0
    if len(cuts) > 1:
        # the grid spans the bulk; what lies outside shares the outer buckets
        tail = len(cuts) // _TAIL
        with np.errstate(over="ignore", divide="ignore"):
            lo, scale = float(cuts[tail]), float(buckets / (cuts[-1 - tail] - cuts[tail]))
    # a span that overflows or underflows has no usable grid: one bucket for all, which is then bisected; its scale is
    # not 0, because infinity times 0 has no place
    if not (0 < scale < np.inf):
        lo, scale, buckets = 0.0, float(np.finfo(np.float64).tiny), 1
    own = np.array([_bucket(float(cut), lo, scale, buckets) for cut in cuts], np.int64)
    begin = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=buckets))])
    return lo, scale, (begin + before).astype(np.int64)


@jit
def _bucket(value: float, lo: float, scale: float, buckets: int) -> int:
    return int(min(max((value - lo) * scale, 0.0), buckets - 1.0))


@jit
def _locate(  # noqa: PLR0917 - a kernel takes plain arrays, and numba reads them fastest by place
    values: npt.NDArray[Any],
    cuts: Float,
    lo: float,
    scale: float,
    begin: Int,
    child: Int,
    child_lo: Float,
    child_scale: Float,
    child_at: Int,
    child_begin: Int,
    first: int,
    missing: int,
    out: _Codes,
) -> None:
    buckets = child.size
    for i in range(values.size):
        value = float(values[i])
        if value != value:  # noqa: PLR0124 - the kernel's test for NaN
            out[i] = missing
            continue
        j = _bucket(value, lo, scale, buckets)
        low, high = begin[j], begin[j + 1]
        if high - low > _CROWDED:
            c = child[j]
            at = child_at[c] + _bucket(value, child_lo[c], child_scale[c], child_at[c + 1] - child_at[c] - 1)
            low, high = child_begin[at], child_begin[at + 1]
            while high - low > _CROWDED:
                middle = (low + high) >> 1
                if value >= cuts[middle]:
                    low = middle + 1
                else:
                    high = middle
        # cuts past the bucket are above the value, so comparing four is right whether it has four or none
        near = int(value >= cuts[low]) + int(value >= cuts[low + 1])
        out[i] = first + low + near + int(value >= cuts[low + 2]) + int(value >= cuts[low + 3])
