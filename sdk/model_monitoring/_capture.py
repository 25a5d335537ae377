"""What the model is given, copied on the caller's thread in the cheapest form that no one can change any more.

Nothing is converted here that can wait: rows of Python values stay tuples, an array stays its bytes, a DataFrame a
(lazy) copy. `_table` makes columns of them in the background. Libraries are known by the names of their classes: none
is imported.
"""

from collections.abc import Callable
from typing import Any

from model_monitoring._arrays import of_array, of_masked, of_sparse, of_tensor
from model_monitoring._captured import MAX_FEATURES, Captured, Limits, Unsupported, counted
from model_monitoring._frames import of_arrow, of_pandas, of_polars, of_series, of_unnamed
from model_monitoring._matrices import of_dataset, of_dmatrix
from model_monitoring._nested import is_record, record_of
from model_monitoring._rows import of_list, of_row

__all__ = ["MAX_FEATURES", "Captured", "Limits", "Unsupported", "capture", "capture_count"]

_Maker = Callable[[Any, Limits], Captured]


def capture(features: Any, limits: Limits) -> Captured:
    """Copy the features of one call.

    Args:
        features: one row (dict of scalars, pydantic model, dataclass, named tuple, list of scalars, 1-D array, Series),
            rows (list of any of these but scalars, 2-D array, tensor, sparse matrix) or a table (DataFrame of pandas or
            polars, Arrow table, dict of columns). What is nested in a row is named by its path, joined with dots.
        limits: rows and bytes that this call may keep; more are sampled uniformly without replacement.

    Raises:
        Unsupported: for anything else.
    """
    kind = type(features)
    if kind is dict:
        return of_row(tuple(features), tuple(features.values()), limits)
    make = _MAKERS.get(kind) or _maker(kind)
    return make(features, limits)


def capture_count(features: Any, limits: Limits) -> Captured | None:
    """Count the rows of one call and keep nothing else; None where only the answer can tell how many there are."""
    shape = getattr(features, "shape", None)
    if isinstance(shape, tuple) and len(shape) in (1, 2):
        return counted(int(shape[0]) if len(shape) == 2 else 1, limits)
    if isinstance(features, list | tuple) and not is_record(type(features)):
        return counted(of_list(features, limits).rows, limits)
    return None


def _record(features: Any, limits: Limits) -> Captured:
    if getattr(features, "__pydantic_root_model__", False) is True:
        return capture(features.root, limits)
    record = record_of(features)
    return of_row(tuple(record), tuple(record.values()), limits)


def _maker(kind: type) -> _Maker:
    """Find out once per type how it is copied, without importing the library that it is of."""
    maker = next((_BY_NAME[name] for name in map(_full_name, kind.__mro__) if name in _BY_NAME), None)
    if maker in (None, of_list) and is_record(kind):
        maker = _record
    if maker is None:
        raise Unsupported(f"features of type {kind.__module__}.{kind.__qualname__} are not supported")
    if len(_MAKERS) < 1000:
        _MAKERS[kind] = maker
    return maker


def _full_name(kind: type) -> str:
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


_MAKERS: dict[type, _Maker] = {}
_BY_NAME: dict[str, _Maker] = {
    "builtins.list": of_list,
    "builtins.tuple": of_list,
    "lightgbm.Dataset": of_dataset,
    "numpy.MaskedArray": of_masked,
    "numpy.ndarray": of_array,
    "pandas.DataFrame": of_pandas,
    "pandas.Series": of_series,
    "polars.DataFrame": of_polars,
    "polars.Series": of_unnamed,
    "pyarrow.Array": of_unnamed,
    "pyarrow.ChunkedArray": of_unnamed,
    "pyarrow.RecordBatch": of_arrow,
    "pyarrow.Table": of_arrow,
    "scipy._spbase": of_sparse,  # all of them, from version 1.11
    "scipy.spmatrix": of_sparse,
    "torch.Tensor": of_tensor,
    "xgboost.DMatrix": of_dmatrix,
}
