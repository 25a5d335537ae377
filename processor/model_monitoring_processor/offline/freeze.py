"""Freeze a reference from a table: say which columns are outputs, the label, the time; the rest are features."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.offline.tables import Table, read_table
from model_monitoring_processor.reference import Reference, build, load

__all__ = ["Columns", "conventional_columns", "freeze", "open_reference"]

MAX_CLASSES = 100
"""Whole numbers with more distinct values than this are predicted values, not classes."""


class Columns(NamedTuple):
    """What the columns of a table are; "" where there is none. All others are features."""

    prediction: str = ""
    """The predicted class or value."""
    score: str = ""
    label: str = ""
    """The true outcome."""
    time: str = ""
    """Left out of the features."""
    categorical: tuple[str, ...] = ()
    """Numbers that are codes."""
    drop: tuple[str, ...] = ()


def freeze(table: Table, columns: Columns, *, model: str, version: str = "") -> Reference:
    """Freeze a reference.

    Args:
        table: as `read_table` gives it.
        columns: what the columns are.
        model: name of the model that the reference is for.
        version: version of the model; "" serves all versions.

    Raises:
        ReferenceFileError: a column that does not exist or is named twice, or no feature is left.
    """
    _check(table, columns)
    outputs = _outputs(table, columns)
    unwatched = {columns.label, columns.time, *columns.drop} - {""}
    if not table.keys() - outputs.keys() - unwatched:
        raise ReferenceFileError(f"no feature is left of the columns {_listed(table)}")
    return build(
        table,
        model=model,
        version=version,
        outputs=outputs,
        label=columns.label or None,
        categorical=columns.categorical,
        drop=unwatched - {columns.label},
    )


def open_reference(path: Path, *, model: str) -> Reference:
    """Open what `reference_dataset` names: a frozen reference, or training data to freeze one from.

    Args:
        path: `.mmref`, or a table. Of a table the columns `prediction`, `score`, `label` and `timestamp` are taken
            for what they are called, all others for features.
        model: the model that the data is for.

    Raises:
        ReferenceFileError: it cannot be read.
    """
    if path.suffix.lower() == ".mmref":
        return load(path)
    table = read_table(path)
    return freeze(table, conventional_columns(table), model=model)


def conventional_columns(table: Collection[str]) -> Columns:
    """Columns that are called what they are."""

    def named(name: str) -> str:
        return name if name in table else ""

    return Columns(named("prediction"), named("score"), named("label"), named("timestamp"))


def _check(table: Table, columns: Columns) -> None:
    roles = [columns.prediction, columns.score, columns.label, columns.time]
    single = [name for name in roles if name]
    for name in (*single, *columns.categorical, *columns.drop):
        if name not in table:
            close = get_close_matches(name, table, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {_listed(table)}"
            raise ReferenceFileError(f"no column {name!r}; {hint}")
    twice = [name for name in single if [*single, *columns.drop].count(name) > 1]
    if twice:
        raise ReferenceFileError(f"column {twice[0]!r} is given two roles; it can have one")


def _outputs(table: Table, columns: Columns) -> dict[str, str]:
    """What the output columns are called on the wire: `class` or `value`, and `score`."""
    outputs = {}
    if columns.prediction:
        named = bool(columns.score) or columns.prediction in columns.categorical
        is_class = named or _looks_like_classes(table[columns.prediction])
        outputs[columns.prediction] = "class" if is_class else "value"
    if columns.score:
        outputs[columns.score] = "score"
    return outputs


def _looks_like_classes(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind not in "iuf":
        return True
    present = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    distinct = np.unique(present)
    return len(distinct) <= MAX_CLASSES and bool(np.all(distinct == np.floor(distinct)))


def _listed(names: Iterable[str]) -> str:
    shown = [repr(name) for name in names]
    return ", ".join(shown[:20]) + (f" and {len(shown) - 20} more" if len(shown) > 20 else "")
