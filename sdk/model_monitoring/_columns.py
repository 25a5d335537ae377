"""Columns in the making: pieces of one call each, joined and packed when a record is full.

A chunk is a pair: `d` with packed float64, `f` with packed float32, or `o` with a list of plain Python values.
numpy is used only where the user's own data brought it.
"""

import math
import sys
from array import array
from itertools import chain
from typing import Any, TypeAlias

from model_monitoring._text import category
from model_monitoring._values import Scalar, is_missing

__all__ = [
    "Chunk",
    "Packed",
    "is_category",
    "join",
    "length",
    "of_array",
    "of_values",
    "pack",
    "part",
    "text_of",
    "values_of",
]

Chunk: TypeAlias = tuple[str, Any]
Packed: TypeAlias = bytes | dict[str, bytes | list[str]]
"""A column on the wire (docs/wire.md)."""

_WIDTH = {"d": 8, "f": 4}
_NAN = math.nan
_WIDTHS = ((0xFF, "B"), (0xFFFF, "H"), (0xFFFFFFFF, "I"))


def of_values(values: "list[Scalar] | array[float]") -> Chunk:
    """Chunk of plain values, or of an array of doubles."""
    return ("o", values) if isinstance(values, list) else ("d", _little(values))


def of_array(values: Any) -> Chunk:
    """Chunk of a one-dimensional numeric or datetime numpy array; datetimes become unix seconds."""
    kind = values.dtype.kind
    if kind in "Mm":
        return ("d", _seconds_of(values).tobytes())
    if kind == "f" and values.dtype.itemsize == 4:
        return ("f", values.astype("<f4", copy=False).tobytes())
    return ("d", values.astype("<f8", copy=False).tobytes())


def _seconds_of(values: Any) -> Any:
    unit = "datetime64[ns]" if values.dtype.kind == "M" else "timedelta64[ns]"
    nanos = values.astype(unit).astype("int64")
    seconds = nanos.astype("<f8") / 1e9
    seconds[nanos == -(1 << 63)] = _NAN
    return seconds


def length(chunk: Chunk) -> int:
    """Rows of a chunk."""
    kind, data = chunk
    return len(data) // _WIDTH.get(kind, 1)


def part(chunk: Chunk, start: int, stop: int) -> Chunk:
    """Rows from start to stop."""
    kind, data = chunk
    width = _WIDTH.get(kind, 1)
    return (kind, data[start * width : stop * width])


def join(chunks: list[Chunk]) -> Chunk:
    """One chunk of several, in the widest form that any of them needs."""
    if len(chunks) == 1:
        return chunks[0]
    kinds = {kind for kind, _ in chunks}
    if kinds == {"o"}:
        return ("o", list(chain.from_iterable(data for _, data in chunks)))
    if len(kinds) == 1:
        return (kinds.pop(), b"".join(data for _, data in chunks))
    if "o" not in kinds:
        return ("d", b"".join(data if kind == "d" else _floats(values_of((kind, data))) for kind, data in chunks))
    return ("o", list(chain.from_iterable(map(values_of, chunks))))


def is_category(packed: Packed) -> bool:
    """Tell a packed category from packed numbers."""
    return isinstance(packed, dict)


def pack(chunk: Chunk) -> Packed:
    """Column on the wire: numbers where all values are numbers or missing, categories where any is text."""
    kind, data = chunk
    if kind != "o":
        return data  # type: ignore[no-any-return]  # bytes, by the kind
    try:
        return _floats(data)
    except (TypeError, OverflowError):  # a None, a text or a huge integer among them
        if any(type(value) is str for value in data):
            return _categories(data)
        return _floats([_number(value) for value in data])


def _categories(values: list[Scalar]) -> Packed:
    index: dict[str, int] = {}
    codes = [-1 if is_missing(value) else index.setdefault(text_of(value), len(index)) for value in values]
    missing, typecode = next((top, code) for top, code in _WIDTHS if len(index) <= top)
    return {"codes": _little(array(typecode, [missing if c < 0 else c for c in codes])), "values": list(index)}


def text_of(value: Scalar) -> str:
    """Text of a value, as a category."""
    try:
        return category(value if isinstance(value, str) else repr(value))
    except ValueError:  # an integer of more digits than Python is willing to write
        return "inf"


def _number(value: Any) -> float:
    if value is None:
        return _NAN
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def values_of(chunk: Chunk) -> list[Scalar]:
    """Python values of a chunk."""
    kind, data = chunk
    if kind == "o":
        return data  # type: ignore[no-any-return]  # a list, by the kind
    values: array[Any] = array(kind)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tolist()


def _floats(values: list[Any]) -> bytes:
    return _little(array("d", values))


def _little(values: "array[Any]") -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
