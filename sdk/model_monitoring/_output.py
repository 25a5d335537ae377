"""What the model answered: copied on the caller's thread, named and cut into columns in the background."""

from collections.abc import Mapping
from typing import Any

from model_monitoring import _guard
from model_monitoring._columns import Chunk, of_array, of_values
from model_monitoring._text import column_names
from model_monitoring._values import PLAIN, plain, plain_row

__all__ = ["copy_output", "output_columns", "size_of_output"]

MAX_OUTPUTS = 2000
"""Columns kept of an answer: with more than 4,000 a record is refused."""
_NAMED = frozenset({"value", "score", "class"})


def copy_output(output: Any, kept: list[int] | None) -> Any:
    """Copy an answer into what no one can change any more.

    Args:
        output: scalar, sequence or array of one or two dimensions, Series, DataFrame, or a dict of these.
        kept: positions of the rows that were sampled.

    Returns:
        A plain scalar, a tuple of plain scalars or of such tuples, a numeric numpy array, or a dict of these.
    """
    kind = type(output)
    if kind in PLAIN or kind is str:
        return plain(output)
    if isinstance(output, Mapping):
        return {key: copy_output(value, kept) for key, value in output.items()}
    if hasattr(kind, "to_numpy"):
        output = output.to_numpy()
    if type(output).__name__ == "ndarray":
        return _copy_array(output, kept)
    if isinstance(output, list | tuple):
        chosen = [output[position] for position in kept] if kept else output
        return tuple(_copy_item(item) for item in chosen)
    return plain(output)


def _copy_array(output: Any, kept: list[int] | None) -> Any:
    if output.ndim == 0:
        return plain(output.item())
    chosen = output[kept] if kept else output
    if output.dtype.kind in "fiub":
        return chosen.copy() if chosen is output else chosen
    return tuple(map(_copy_item, chosen.tolist()))


def _copy_item(item: Any) -> Any:
    if isinstance(item, list | tuple):
        return plain_row(tuple(item))
    if getattr(item, "ndim", 0) == 1:
        return plain_row(tuple(item.tolist()))
    return plain(item)


def size_of_output(output: Any) -> int:
    """Bytes that a copied answer holds, about."""
    if isinstance(output, tuple):
        return sum(64 * len(item) if isinstance(item, tuple) else 64 for item in output)
    if isinstance(output, dict):
        return sum(map(size_of_output, output.values()))
    return getattr(output, "nbytes", 64)


def output_columns(output: Any, rows: int, task: str) -> dict[str, Chunk]:
    """Columns of a copied answer by their names on the wire; none where it does not have one entry per row.

    Args:
        output: what `copy_output` made.
        rows: rows of the call.
        task: `binary`, `multiclass`, `regression` or empty.
    """
    if isinstance(output, dict):
        columns: dict[str, Chunk] = {}
        for key, value in output.items():
            columns |= _named(key if key in _NAMED else f"value.{key}", value, rows)
        return dict(zip(column_names(columns), columns.values(), strict=True))
    if type(output).__name__ == "ndarray":
        return _of_array(output, rows, task)
    if isinstance(output, tuple):
        return _of_tuple(output, rows, task)
    return {_name_of(type(output), task): of_values([output])} if rows == 1 and output is not None else {}


def _named(name: str, value: Any, rows: int) -> dict[str, Chunk]:
    columns = output_columns(value, rows, "")
    if list(columns) in (["value"], ["class"]):
        return {name: next(iter(columns.values()))}
    return {f"{name}.{sub.removeprefix('value.')}": chunk for sub, chunk in columns.items()}


def _of_array(output: Any, rows: int, task: str) -> dict[str, Chunk]:
    if output.ndim == 1 and rows == 1 and len(output) != 1:
        output = output.reshape(1, -1)
    if len(output) != rows or output.ndim > 2:
        return _mismatch(output.shape, rows)
    if output.ndim == 1 or output.shape[1] == 1:
        kind = {"f": float, "b": bool}.get(output.dtype.kind, int)
        return {_name_of(kind, task): of_array(output.reshape(rows))}
    names = _column_names(output.shape[1], task)
    return {name: of_array(output[:, position]) for position, name in names.items()}


def _of_tuple(output: tuple[Any, ...], rows: int, task: str) -> dict[str, Chunk]:
    if rows == 1 and len(output) != 1 and output:
        output = (output,)
    if len(output) != rows:
        return _mismatch((len(output),), rows)
    if rows and isinstance(output[0], tuple):
        width = len(output[0])
        if any(not _is_vector(item, width) for item in output):
            return _mismatch((rows, width), rows)
        if width != 1:
            columns = list(zip(*output, strict=True))
            return {name: of_values(list(columns[position])) for position, name in _column_names(width, task).items()}
        output = tuple(item[0] for item in output)
    if any(isinstance(item, tuple) for item in output):
        return _mismatch((len(output),), rows)
    kinds = set(map(type, output)) - {type(None)}
    kind = next((kind for kind in (str, float, int, bool) if kind in kinds), float)
    return {_name_of(kind, task): of_values(list(output))}


def _is_vector(item: Any, width: int) -> bool:
    return isinstance(item, tuple) and len(item) == width and not any(isinstance(cell, tuple) for cell in item)


def _name_of(kind: type, task: str) -> str:
    if kind in (str, bool):
        return "class"
    if kind is int:
        # Whole numbers are what classifiers answer; a regression says that it is one.
        return "value" if task == "regression" else "class"
    return {"binary": "score", "multiclass": "class"}.get(task, "value")


def _column_names(width: int, task: str) -> dict[int, str]:
    """Names by position; of two probabilities of a binary model the second says all."""
    if task == "binary" and width == 2:
        return {1: "score"}
    if width > MAX_OUTPUTS:
        _guard.warn_once("TooManyOutputs", f"of {width} outputs the first {MAX_OUTPUTS} are captured")
    prefix = "probability" if task in ("binary", "multiclass") else "value"
    return {position: f"{prefix}.{position}" for position in range(min(width, MAX_OUTPUTS))}


def _mismatch(shape: tuple[int, ...], rows: int) -> dict[str, Chunk]:
    _guard.warn_once("OutputShape", f"an output of shape {shape} for {rows} rows: it is not captured")
    return {}
