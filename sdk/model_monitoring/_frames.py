"""DataFrames, Series and Arrow tables, copied. Their columns are made of them in the background, by `_table`."""

import sys
from typing import Any

from model_monitoring._captured import MAX_FEATURES, Captured, Limits, sample
from model_monitoring._frame_size import size_of_arrow, size_of_pandas, size_of_polars
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
    if width > MAX_FEATURES:
        features = features.iloc[:, :MAX_FEATURES]
    size = size_of_pandas(features)
    kept = sample(rows, size // max(rows, 1), limits)
    if kept:
        features = features.iloc[kept]
    else:
        # From version 3 a shallow copy is copied on the first write to either side, before it must be deep.
        features = features.copy(deep=int(sys.modules["pandas"].__version__.partition(".")[0]) < 3)
    return _table("frame", None, features, (rows, width, size), kept)


def of_polars(features: Any, limits: Limits) -> Captured:
    """A DataFrame of polars."""
    rows, width = features.shape
    features = features[:, :MAX_FEATURES] if width > MAX_FEATURES else features.clone()
    size = size_of_polars(features)
    kept = sample(rows, size // max(rows, 1), limits)
    if kept:
        features = features[kept]
    return _table("frame", None, features, (rows, width, size), kept)


def of_arrow(features: Any, limits: Limits) -> Captured:
    """A table or record batch of Arrow: no one can change it, so it is kept as it is."""
    rows, width = features.num_rows, features.num_columns
    if width > MAX_FEATURES:
        features = features.select(list(range(MAX_FEATURES)))
    size = size_of_arrow(features)
    kept = sample(rows, size // max(rows, 1), limits)
    if kept:
        features = features.take(kept)
    return _table("arrow", tuple(features.schema.names), features, (rows, width, size), kept)


def _table(
    form: str, names: tuple[str, ...] | None, data: Any, whole: tuple[int, int, int], kept: list[int] | None
) -> Captured:
    """A captured table; `whole` is its rows, its columns and the bytes of those that are kept, before sampling."""
    rows, width, size = whole
    dropped = max(width - MAX_FEATURES, 0)
    if kept:
        return Captured(form, names, data, len(kept), size * len(kept) // rows, kept, dropped, rows)
    return Captured(form, names, data, rows, size, None, dropped)
