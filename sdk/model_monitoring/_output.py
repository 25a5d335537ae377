"""What the model answered, copied on the caller's thread. `_answers` makes columns of it in the background."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from model_monitoring import _guard
from model_monitoring._arrays import host
from model_monitoring._nested import MAX_DEPTH, is_record, record_of
from model_monitoring._values import PLAIN, plain, plain_row

__all__ = ["MAX_OUTPUTS", "Frame", "bounded", "copy_output", "is_remote", "rows_of_output", "size_of_output"]

MAX_OUTPUTS = 2000
"""Columns kept of an answer: with more than 4,000 a record is refused."""
_SPARSE_CELLS = 1 << 17
_HEADS = 8
"""Items of a sequence that are looked at to tell what it is a sequence of."""


class Frame:
    """A table that the model answered: columns of one length, in order, and their names."""

    def __init__(self, names: Iterable[Any], columns: Sequence[Any]) -> None:
        self.names = [str(name) for name in names]
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0


def copy_output(output: Any, kept: list[int] | None = None, depth: int = 0) -> Any:
    """Copy an answer into what no one can change any more.

    Args:
        output: scalar, sequence or array of one or two dimensions, tensor, Series, DataFrame, Arrow table, record
            (dict, pydantic model, dataclass, named tuple) of these, or a list of records.
        kept: positions of the rows that were sampled.
        depth: of records around it; deeper than 8 an answer is missing.

    Returns:
        A plain scalar, a tuple of plain scalars, tuples or arrays, a numeric numpy array, a tensor of ours on a
        device, a `Frame`, or a dict of these.
    """
    kind = type(output)
    if kind in PLAIN or kind is str:
        return plain(output)
    copy = _copier(kind)  # type: ignore[arg-type]  # a class is hashable
    return _copy_record(record_of(output), kept, depth) if copy is None else copy(output, kept)


def is_remote(output: Any) -> bool:
    """Tell an answer that is still on a device."""
    return type(output).__name__ == "Tensor"


def rows_of_output(output: Any) -> int:
    """Rows of a copied answer, where nothing else says how many there are."""
    if isinstance(output, str | dict) or getattr(output, "ndim", 1) == 0:
        return 1
    return len(output) if hasattr(output, "__len__") else 1


def bounded(output: Any) -> Any:
    """The first outputs of one row: a tuple or an array."""
    if len(output) > MAX_OUTPUTS:
        _guard.warn_once("TooManyOutputs", f"the first {MAX_OUTPUTS} outputs are kept", "TooManyOutputs")
    return output[:MAX_OUTPUTS]


def size_of_output(output: Any) -> int:
    """Bytes that a copied answer holds, about."""
    if isinstance(output, tuple):
        return sum(64 * len(item) if isinstance(item, tuple) else getattr(item, "nbytes", 64) for item in output)
    if isinstance(output, dict):
        return sum(map(size_of_output, output.values()))
    if isinstance(output, Frame):
        return sum(map(size_of_output, output.columns))
    return getattr(output, "nbytes", 64)


def _copy_record(record: dict[Any, Any], kept: list[int] | None, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        _guard.warn_once("TooDeep", f"answers deeper than {MAX_DEPTH} levels are left out", "TooDeep")
        return None
    if len(record) > MAX_OUTPUTS:
        _guard.warn_once("TooManyOutputs", f"{len(record)} outputs: the first {MAX_OUTPUTS} are kept", "TooManyOutputs")
    return {key: copy_output(value, kept, depth + 1) for key, value in islice(record.items(), MAX_OUTPUTS)}


def _copy_sequence(output: Any, kept: list[int] | None) -> Any:
    short = kept is not None and len(output) <= kept[-1]
    if short or any(getattr(item, "ndim", 0) > 1 for item in output[:_HEADS]):
        # An array for each of several outputs, not an item for each row.
        return tuple(copy_output(item, kept) for item in output[:MAX_OUTPUTS])
    chosen = [output[position] for position in kept] if kept else output
    if len(chosen) and is_record(type(chosen[0])):
        records = [record_of(item) for item in chosen]
        names = list(dict.fromkeys(name for record in records for name in record))[:MAX_OUTPUTS]
        return {name: tuple(_copy_item(record.get(name)) for record in records) for name in names}
    return tuple(_copy_item(item) for item in chosen)


def _copy_item(item: Any) -> Any:
    if isinstance(item, list | tuple):
        return plain_row(tuple(item[:MAX_OUTPUTS]))
    if getattr(item, "ndim", 0) == 1:
        return plain_row(tuple(item[:MAX_OUTPUTS].tolist()))
    return plain(item)


@lru_cache(512)
def _copier(kind: type) -> Callable[[Any, list[int] | None], Any] | None:  # noqa: PLR0911  one line per library
    """How a type is copied, None for records. Libraries are known by the marks of their classes: none is imported."""
    if is_record(kind):
        return None
    if issubclass(kind, list | tuple):
        return _copy_sequence
    package = kind.__module__.partition(".")[0]
    if package == "torch" and hasattr(kind, "detach"):
        return _copy_tensor
    if package == "pyarrow":
        return _copy_arrow if hasattr(kind, "schema") else lambda output, kept: _copy_sequence(output.to_pylist(), kept)
    if package == "scipy" and hasattr(kind, "toarray"):
        return _copy_sparse
    if hasattr(kind, "to_numpy"):
        return _copy_frame if hasattr(kind, "columns") else lambda output, kept: _copy_array(output.to_numpy(), kept)
    return _copy_array if any(base.__name__ == "ndarray" for base in kind.__mro__) else lambda output, _: plain(output)


def _copy_array(output: Any, kept: list[int] | None) -> Any:
    if output.ndim == 0:
        return plain(output.item())
    chosen = output[kept] if kept else output
    if output.ndim == 2 and output.shape[1] > MAX_OUTPUTS:
        _guard.warn_once("TooManyOutputs", f"the first {MAX_OUTPUTS} outputs are kept", "TooManyOutputs")
        chosen = chosen[:, :MAX_OUTPUTS]
    if output.dtype.kind in "fiub":
        return chosen.copy()
    return tuple(map(_copy_item, chosen.tolist()))


def _copy_tensor(output: Any, kept: list[int] | None) -> Any:
    output = output.detach()
    if output.device.type == "cpu":
        return _copy_array(host(output), kept)
    return (output[kept] if kept else output).clone()


def _copy_sparse(output: Any, kept: list[int] | None) -> Any:
    if output.shape[0] * output.shape[-1] > _SPARSE_CELLS:
        _guard.warn_once("TooManyOutputs", "a large sparse answer is not captured", "TooManyOutputs")
        return None
    return _copy_array(output.toarray(), kept)


def _copy_frame(output: Any, kept: list[int] | None) -> Any:
    names = list(output.columns)[:MAX_OUTPUTS]
    columns = [output.iloc[:, i] if hasattr(output, "iloc") else output[:, i] for i in range(len(names))]
    return Frame(names, [_copy_array(column.to_numpy(), kept) for column in columns])


def _copy_arrow(output: Any, kept: list[int] | None) -> Any:
    names = output.schema.names[:MAX_OUTPUTS]
    columns = [output.column(i).to_numpy(zero_copy_only=False) for i in range(len(names))]
    return Frame(names, [_copy_array(column, kept) for column in columns])
