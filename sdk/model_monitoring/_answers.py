"""Columns of what the model answered, by their names on the wire: the background half of `_output`."""

from typing import Any

from model_monitoring import _guard
from model_monitoring._arrays import host
from model_monitoring._columns import Chunk, of_array, of_values
from model_monitoring._output import Frame, bounded, is_remote
from model_monitoring._text import column_names

__all__ = ["output_columns"]

_NAMED = frozenset({"value", "score", "class"})


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
        return _cleaned(columns)
    if isinstance(output, Frame):
        return _of_frame(output, rows, task)
    if is_remote(output):
        output = host(output)
        output = output.item() if output.ndim == 0 else output
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


def _of_frame(output: Frame, rows: int, task: str) -> dict[str, Chunk]:
    """Columns by their own names; of two probabilities of a binary model the second says all."""
    if len(output) != rows:
        return _mismatch((len(output), len(output.columns)), rows)
    if len(output.columns) == 1 and output.names[0] not in _NAMED:
        return output_columns(output.columns[0], rows, task)
    if task == "binary" and len(output.columns) == 2 and not _NAMED.intersection(output.names):
        return _named("score", output.columns[1], rows)
    prefix = "probability" if task == "multiclass" else "value"
    columns: dict[str, Chunk] = {}
    for name, column in zip(output.names, output.columns, strict=True):
        columns |= _named(name if name in _NAMED else f"{prefix}.{name}", column, rows)
    return _cleaned(columns)


def _cleaned(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    return dict(zip(column_names(columns), columns.values(), strict=True))


def _of_array(output: Any, rows: int, task: str) -> dict[str, Chunk]:
    if output.ndim == 1 and rows == 1 and len(output) != 1:
        output = bounded(output).reshape(1, -1)
    if len(output) != rows or output.ndim > 2:
        return _mismatch(output.shape, rows)
    if output.ndim == 1 or output.shape[1] == 1:
        kind = {"f": float, "b": bool}.get(output.dtype.kind, int)
        return {_name_of(kind, task): of_array(output.reshape(rows))}
    names = _column_names(output.shape[1], task)
    return {name: of_array(output[:, position]) for position, name in names.items()}


def _of_tuple(output: tuple[Any, ...], rows: int, task: str) -> dict[str, Chunk]:  # noqa: PLR0911  one per form
    if any(getattr(item, "ndim", 0) for item in output):
        return output_columns(dict(enumerate(output)), rows, task)
    if rows == 1 and len(output) != 1 and output:
        output = (bounded(output),)
    if _are_heads(output, rows):
        return output_columns(dict(enumerate(output)), rows, task)
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


def _are_heads(output: tuple[Any, ...], rows: int) -> bool:
    """Several outputs, each with an entry for every row, such as (classes, scores)."""
    return len(output) != rows and all(isinstance(item, tuple) and len(item) == rows for item in output)


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
    prefix = "probability" if task in ("binary", "multiclass") else "value"
    return {position: f"{prefix}.{position}" for position in range(width)}


def _mismatch(shape: tuple[int, ...], rows: int) -> dict[str, Chunk]:
    _guard.warn_once("OutputShape", f"an output of shape {shape} for {rows} rows: it is not captured")
    return {}
