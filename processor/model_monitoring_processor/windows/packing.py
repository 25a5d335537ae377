"""Vectors of integers as bytes: most of a pane's cells are empty, and most of the others hold a small number.

The vectors are joined, and written as the gaps between occupied places and the numbers there, each in the narrowest
integers that hold them all, byte planes apart (high bytes are mostly zero and vanish under zlib):

    version (1 byte), zlib of: length of the head (4 bytes), head, gaps, numbers: signed, little-endian
    head    JSON: [occupied, bytes of a gap, bytes of a number, [length, name, ...] of each vector, ...]
"""

import json
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.types import Int

__all__ = ["pack", "unpack"]

_VERSION = b"\x01"
_LEVEL = 1


def pack(vectors: Sequence[tuple[Sequence[str], Int]]) -> bytes:
    """Write vectors with their names; equal input gives equal bytes.

    Args:
        vectors: (names, values) of each, at least one.

    Returns:
        Some 300 bytes for a pane of 5 rows and 30 columns, 1.2 kB for one of 50 rows.
    """
    values = np.concatenate([values for _, values in vectors])
    occupied = np.flatnonzero(values != 0)
    gaps, numbers = occupied.copy(), values[occupied]
    gaps[1:] -= occupied[:-1]
    gap_width, number_width = _width(gaps), _width(numbers)
    shapes = ([len(values), *names] for names, values in vectors)
    head = json.dumps([len(occupied), gap_width, number_width, *shapes], separators=(",", ":")).encode()
    bodies = _planes(gaps.astype(f"<i{gap_width}")), _planes(numbers.astype(f"<i{number_width}"))
    return _VERSION + zlib.compress(b"".join([len(head).to_bytes(4, "little"), head, *bodies]), _LEVEL)


def unpack(data: bytes) -> list[tuple[list[str], Int]]:
    """Read what `pack` wrote.

    Raises:
        ValueError: another version, or damaged.
    """
    if data[:1] != _VERSION:
        raise ValueError(f"packed counts of version {data[:1]!r}; this software reads {_VERSION!r}")
    try:
        plain = zlib.decompress(data[1:])
        start = 4 + int.from_bytes(plain[:4], "little")
        occupied, gap_width, number_width, *shapes = json.loads(plain[4:start])
        middle = start + occupied * gap_width
        places = np.cumsum(_together(plain[start:middle], occupied, f"<i{gap_width}"), dtype=np.int64)
        values = np.zeros(sum(shape[0] for shape in shapes), np.int64)
        values[places] = _together(plain[middle:], occupied, f"<i{number_width}")
    except (zlib.error, ValueError, TypeError, IndexError) as error:
        raise ValueError(f"packed counts are damaged: {error}") from error
    vectors: list[tuple[list[str], Int]] = []
    end = 0
    for length, *names in shapes:
        vectors.append((names, values[end : end + length]))
        end += length
    return vectors


def _width(numbers: Int) -> int:
    """Least bytes that hold them all."""
    reach = max(int(numbers.max()), -1 - int(numbers.min())) if len(numbers) else 0
    return next(width for width in (1, 2, 4, 8) if reach < 1 << (8 * width - 1))


def _planes(numbers: npt.NDArray[np.integer]) -> bytes:
    return numbers.view(np.uint8).reshape(len(numbers), numbers.itemsize).T.tobytes()


def _together(data: bytes, count: int, dtype: str) -> npt.NDArray[np.integer]:
    width = np.dtype(dtype).itemsize
    return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(width, count).T).view(dtype).reshape(count)
