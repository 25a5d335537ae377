"""Bytes that a DataFrame holds, about: they bound the ring, so long text must not count as sixteen bytes a cell."""

import sys
from typing import Any

__all__ = ["size_of_arrow", "size_of_pandas", "size_of_polars"]

_CELL = 16
_SMALL = 64
"""An object up to this size is within what a cell counts anyway: it is often shared by many cells."""
_LOOKED_AT = 1024
"""Cells of objects that are measured, evenly spread; the others are taken to be like them."""


def size_of_pandas(frame: Any) -> int:
    """Size of a pandas DataFrame.

    The blocks are not public, but everything public costs more than the copy of the frame itself; where they are
    missing one day, text counts as numbers do.
    """
    rows, width = frame.shape
    blocks = getattr(getattr(frame, "_mgr", None), "blocks", ())
    return int(rows * width * _CELL + sum(_beyond_cells(block.values) for block in blocks))


def size_of_polars(frame: Any) -> int:
    """Size of a polars DataFrame."""
    rows, width = frame.shape
    return int(max(rows * width * _CELL, frame.estimated_size()))


def size_of_arrow(table: Any) -> int:
    """Size of an Arrow table or record batch; the exact one only where it may be large (see `_of_arrow`)."""
    cells = table.num_rows * table.num_columns
    if table.get_total_buffer_size() <= _SMALL * cells:
        return int(cells * _CELL)
    return int(max(cells * _CELL, table.nbytes))


def _beyond_cells(values: Any) -> int:
    if getattr(values.dtype, "kind", "O") != "O":
        return 0
    objects = getattr(values, "_ndarray", values)
    if not hasattr(objects, "nonzero"):
        return _of_arrow(values)
    step = max(objects.size // _LOOKED_AT, 1)
    seen = objects[..., ::step].ravel().tolist()
    return max(sum(map(sys.getsizeof, seen)) - _SMALL * len(seen), 0) * int(objects.size) // max(len(seen), 1)


def _of_arrow(values: Any) -> int:
    """Size of Arrow's text. The exact one gives up the GIL, which is long to wait for: only where it may be large."""
    held = getattr(values, "_pa_array", None)
    if held is not None and held.get_total_buffer_size() <= _SMALL * len(values):
        return 0
    return int(getattr(values, "nbytes", 0))
