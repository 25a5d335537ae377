"""Bodies of KServe's inference protocol, version 2 (Open Inference Protocol): tensors as columns."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import short
from model_monitoring_processor.ingest.limits import MAX_COLUMNS, MAX_ROWS
from model_monitoring_processor.ingest.sources.cells import Cell, cell

__all__ = ["Tensor", "input_columns", "output_columns", "tensors_of"]

_MAX_AXES = 8


class Tensor(NamedTuple):
    """One tensor: its first axis counts rows, all others together are its columns."""

    name: str
    datatype: str
    rows: int
    width: int
    cells: Sequence[Cell]
    """(rows * width,), row by row."""

    def column(self, place: int) -> Sequence[Cell]:
        """(rows,) of one column."""
        return self.cells[place :: self.width]


def tensors_of(body: Any, key: str) -> list[Tensor]:
    """The tensors of a body.

    Args:
        body: the JSON.
        key: `inputs` of a request, `outputs` of a response.

    Raises:
        BadData: it is no such body.
    """
    entries = body.get(key) if isinstance(body, dict) else None
    if not isinstance(entries, list) or not entries:
        raise BadData(reasons.TENSOR, f"a body of KServe v2 has a list of tensors called {key}")
    found = [_tensor(entry) for entry in entries]
    if len({tensor.rows for tensor in found}) > 1:
        raise BadData(reasons.TENSOR, f"the tensors of {key} have {[tensor.rows for tensor in found][:8]} rows")
    if sum(tensor.width for tensor in found) > MAX_COLUMNS:
        raise BadData(reasons.TOO_MANY_COLUMNS, f"{key} has more than {MAX_COLUMNS} columns")
    return found


def input_columns(tensors: Sequence[Tensor], names: Sequence[str]) -> dict[str, Sequence[Cell]]:
    """Features by name: `names` in order, else the tensor's, with the place where it has several columns.

    Raises:
        BadData: there are not as many names as columns.
    """
    columns = [(tensor, place) for tensor in tensors for place in range(tensor.width)]
    if names and len(names) != len(columns):
        raise BadData(reasons.TENSOR, f"{len(columns)} columns came, `names` has {len(names)}")
    own = [tensor.name if tensor.width == 1 else f"{tensor.name}.{place}" for tensor, place in columns]
    return {name: tensor.column(place) for name, (tensor, place) in zip(names or own, columns, strict=True)}


def output_columns(tensors: Sequence[Tensor], meant: Mapping[str, str]) -> dict[str, Sequence[Cell]]:
    """Outputs by name, by what the configuration says a tensor is, else by its type and width.

    One column of floats is `value`, of anything else `class`; two columns are a `score`, the second of them;
    more are `probability.<place>`.

    Raises:
        BadData: two tensors would be the same output, or one has too many columns for what it is said to be.
    """
    found: dict[str, Sequence[Cell]] = {}
    for tensor in tensors:
        if meant and tensor.name not in meant:
            continue
        for name, column in _outputs(tensor, meant.get(tensor.name, "")):
            if name in found:
                raise BadData(reasons.TENSOR, f"two tensors are the output {name}: say which with `tensors`")
            found[name] = column
    return found


def _outputs(tensor: Tensor, meant: str) -> Iterator[tuple[str, Sequence[Cell]]]:
    if meant and tensor.width > (2 if meant == "score" else 1):
        raise BadData(reasons.TENSOR, f"the tensor {short(tensor.name)} has {tensor.width} columns, and is no {meant}")
    if tensor.width == 1:
        yield meant or ("value" if tensor.datatype.startswith(("FP", "BF")) else "class"), tensor.column(0)
    elif tensor.width == 2:
        yield "score", tensor.column(1)
    else:
        for place in range(tensor.width):
            yield f"probability.{place}", tensor.column(place)


def _tensor(entry: Any) -> Tensor:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise BadData(reasons.TENSOR, "a tensor is an object with a name")
    name, shape, data = entry["name"], entry.get("shape"), entry.get("data")
    if not isinstance(data, list):
        raise BadData(reasons.TENSOR, f"the tensor {short(name)} has no `data` (binary tensors are not in the JSON)")
    if not isinstance(shape, list) or not 1 <= len(shape) <= _MAX_AXES:
        raise BadData(reasons.TENSOR, f"the tensor {short(name)} has no shape of 1 to {_MAX_AXES} axes")
    if not all(type(axis) is int and axis > 0 for axis in shape) or shape[0] > MAX_ROWS:
        raise BadData(reasons.TENSOR, f"the tensor {short(name)} must have 1 to {MAX_ROWS} rows, and no empty axis")
    cells = [cell(value) for value in _flat(data, 0)]
    if len(cells) != prod(shape):
        raise BadData(reasons.TENSOR, f"the tensor {short(name)} has {len(cells)} values, its shape asks for others")
    return Tensor(name, str(entry.get("datatype", "")), shape[0], len(cells) // shape[0], cells)


def _flat(values: list[Any], depth: int) -> Iterator[Any]:
    """Data may be flat or nested as its shape."""
    if depth > _MAX_AXES:
        raise BadData(reasons.TENSOR, "the data of a tensor are nested too deeply")
    for value in values:
        if isinstance(value, list):
            yield from _flat(value, depth + 1)
        else:
            yield value
