"""The matrices that XGBoost and LightGBM are given. What they were made of is what people know the features by.

Neither library gives back what it was handed, or only as a copy that costs as much as the prediction. Where someone
remembers the source (the hooks of these libraries do), it is captured in the matrix's place.
"""

from typing import Any
from weakref import WeakKeyDictionary, ref

from model_monitoring._captured import Captured, Limits, counted

__all__ = ["of_dataset", "of_dmatrix", "remember_source", "source_of"]

_sources: "WeakKeyDictionary[Any, ref[Any]]" = WeakKeyDictionary()


def remember_source(matrix: Any, data: Any) -> None:
    """Remember what a matrix was made of, without keeping either alive.

    Args:
        matrix: an xgboost DMatrix or QuantileDMatrix, or a LightGBM Dataset.
        data: array, DataFrame or sparse matrix; what cannot be weakly referenced (a list) is not remembered.
    """
    try:
        _sources[matrix] = ref(data)
    except TypeError:
        return


def source_of(matrix: Any) -> Any:
    """What a matrix was made of, as long as someone keeps it alive; else None."""
    source = _sources.get(matrix)
    return None if source is None else source()


def of_dmatrix(features: Any, limits: Limits) -> Captured:
    """A DMatrix or QuantileDMatrix: its source with the matrix's names, else the number of its rows."""
    return _of_source(features, source_of(features), features.num_row(), features.feature_names, limits)


def of_dataset(features: Any, limits: Limits) -> Captured:
    """A Dataset of LightGBM: its data or its source, else the number of its rows."""
    data = features.data if features.data is not None else source_of(features)
    names = features.feature_name if isinstance(features.feature_name, list) else None
    return _of_source(features, data, features.num_data(), names, limits)


def _of_source(matrix: Any, data: Any, rows: int, names: list[str] | None, limits: Limits) -> Captured:
    from model_monitoring._capture import capture  # noqa: PLC0415  which knows of this module

    if data is None or data is matrix:
        return counted(rows, limits)
    captured = capture(data, limits)
    if captured.names is None and captured.form != "frame" and names:
        captured = captured._replace(names=tuple(names))
    return captured
