"""Compile all kernels before the first row arrives."""

import numpy as np

from model_monitoring_processor.stats.count import add_counts, add_weighted
from model_monitoring_processor.stats.locate import grid_of, locate

__all__ = ["warm"]


def warm() -> None:
    """Run every kernel once on every type that it meets: some seconds, or some milliseconds from the cache."""
    grid = grid_of(np.array([0.0, 1.0]))
    codes = np.zeros((1, 1), np.int32)
    for dtype in (np.float32, np.float64):
        locate(np.zeros(1, dtype), grid, 0, 3, codes[0])
    cells = np.zeros(4, np.int64)
    add_counts(codes, 0, 1, cells)
    add_weighted(codes, 0, 1, np.ones(1, np.int64), cells)
