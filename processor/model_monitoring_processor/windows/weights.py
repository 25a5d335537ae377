"""Weights as integers, so that weighted counts add up and subtract as exactly as plain ones.

Every part holds the excess over a weight of 1: a plain row adds nothing to it, so batches with and without weights
may share a pane in any order.

Range: a weight w is in (0, 2**20] (the wire refuses others). As 2**-20 fixed point it is at most 2**40, so an int64
holds the excess of 2**23 rows of the largest weight, or of any number of rows that stand for 2**43 (8.8e12) rows
together. The square is of w in 2**-10: u = max(1, round(w 2**10)) <= 2**30, u**2 <= 2**60. One sum of those would
overflow at 8 rows, so the halves u**2 >> 32 (<= 2**28) and u**2 & (2**32 - 1) are added up apart: each holds 2**31
rows. A pane or window of more rows than that is not foreseen.
"""

import numpy as np

from model_monitoring_processor.types import Float, Int

__all__ = ["ONE", "excess", "square_halves", "sum_of_squares"]

ONE = 1 << 20
"""A weight of 1 in fixed point."""
_ROOT = 1 << 10
_HALF = 32


def excess(weights: Float) -> Int:
    """(n,) weight less 1, in 2**-20."""
    return np.rint(weights * ONE).astype(np.int64) - ONE


def square_halves(weights: Float) -> tuple[Int, Int]:
    """(n,) high and (n,) low halves of the squared weights, less those of a weight of 1, in 2**-20."""
    root = np.maximum(1, np.rint(weights * _ROOT)).astype(np.int64)
    square = root * root
    return square >> _HALF, (square & ((1 << _HALF) - 1)) - ONE


def sum_of_squares(rows: int, high: int, low: int) -> float:
    """Sum of the squared weights of some rows from the sums of their halves."""
    return rows + ((high << _HALF) + low) / ONE
