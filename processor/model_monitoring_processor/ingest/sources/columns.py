"""Cells of many rows -> columns."""

import math
from collections.abc import Sequence

import numpy as np

from model_monitoring_processor.categories import canonical, canonical_number
from model_monitoring_processor.ingest.sources.cells import Cell
from model_monitoring_processor.types import CategoricalColumn, Column, NumericColumn

__all__ = ["category", "column_of"]

_WIDTHS = (np.uint8, np.uint16, np.uint32)


def column_of(cells: Sequence[Cell]) -> Column:
    """One column: numbers where no cell is text, else categories (of which a numeric reference parses each again)."""
    if str not in set(map(type, cells)):
        return NumericColumn(np.array(cells, np.float64))  # None becomes NaN
    texts = {value: category(value) for value in set(cells)}
    places = {text: place for place, text in enumerate(sorted({text for text in texts.values() if text is not None}))}
    width = next(width for width in _WIDTHS if len(places) < np.iinfo(width).max)
    missing = int(np.iinfo(width).max)
    codes = {value: missing if text is None else places[text] for value, text in texts.items()}
    return CategoricalColumn(np.array([codes[value] for value in cells], width), tuple(places))


def category(value: Cell) -> str | None:
    """Canonical text of a cell; None where it is missing."""
    if value is None or isinstance(value, str):
        return None if value is None else canonical(value)
    if math.isnan(value):
        return None
    return canonical_number(value) if math.isfinite(value) else repr(value)
