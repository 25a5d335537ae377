"""DataFrames, Series and Arrow tables, copied. Their columns are made of them in the background, by `_table`."""

import sys
from typing import Any

from model_monitoring._captured import MAX_FEATURES, Captured, Limits, sample
from model_monitoring._rows import of_list, of_row

__all__ = ["of_arrow", "of_pandas", "of_polars", "of_series", "of_unnamed"]


def of_series(features: Any, _: Limits) -> Captured:
    """A Series of pandas: one row, named by its index."""
    return of_row(tuple(features.index.tolist()), tuple(features.tolist()))


def of_unnamed(features: Any, limits: Limits) -> Captured:
    """A Series of polars or an array of Arrow: one row."""
    return of_list(features.to_pylist() if hasattr(features, "to_pylist") else features.to_list(), limits)


def of_pandas(features: Any, limits: Limits) -> Captured:
    """A DataFrame of pandas."""
    rows, width = features.shape
    kept = sample(rows, width * 16, limits)
    if width > MAX_FEATURES:
        features = features.iloc[:, :MAX_FEATURES]
    if kept:
        features = features.iloc[kept]
    else:
        # From version 3 a shallow copy is copied on the first write to either side, before it must be deep.
        features = features.copy(deep=int(sys.modules["pandas"].__version__.partition(".")[0]) < 3)
    return _table("frame", None, features, (rows, width), kept)


def of_polars(features: Any, limits: Limits) -> Captured:
    """A DataFrame of polars."""
    rows, width = features.shape
    kept = sample(rows, width * 16, limits)
    features = features[:, :MAX_FEATURES] if width > MAX_FEATURES else features.clone()
    if kept:
        features = features[kept]
    return _table("frame", None, features, (rows, width), kept)


def of_arrow(features: Any, limits: Limits) -> Captured:
    """A table or record batch of Arrow: no one can change it, so it is kept as it is."""
    rows, width = features.num_rows, features.num_columns
    kept = sample(rows, width * 16, limits)
    if width > MAX_FEATURES:
        features = features.select(list(range(MAX_FEATURES)))
    if kept:
        features = features.take(kept)
    return _table("arrow", tuple(features.schema.names), features, (rows, width), kept)


def _table(
    form: str, names: tuple[str, ...] | None, data: Any, shape: tuple[int, int], kept: list[int] | None
) -> Captured:
    rows, width = shape
    left, total = (len(kept), rows) if kept else (rows, 0)
    size = left * min(width, MAX_FEATURES) * 16
    return Captured(form, names, data, left, size, kept, max(width - MAX_FEATURES, 0), total)
