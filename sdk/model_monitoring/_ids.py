"""Prediction ids: UUIDv7, made cheaply on the caller's thread, one draw a call.

A call of n rows has the ids base, base + 1, ... base + n - 1, where the addition is made in the low 62 bits (it wraps
there, so that version and variant bits stay): a whole batch is known by one draw, and made only when asked for.
"""

import random
import re
from collections.abc import Sequence
from contextvars import ContextVar
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from model_monitoring import _clock
from model_monitoring._values import is_missing, plain

__all__ = [
    "Ids",
    "clean_id",
    "last_prediction_id",
    "last_prediction_ids",
    "new_batch_id",
    "new_id",
    "new_ids",
    "pack",
    "remember",
    "reseed",
]

MAX_ID_LENGTH = 256
_LOW_62 = (1 << 62) - 1
_new = tuple.__new__
"""Makes a named tuple without the Python call that its own constructor is: this is the hot path."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")

# Not the module's functions: a host that calls random.seed(0) must not make the same ids in every process.
_bits = random.Random().getrandbits  # noqa: S311  ids are not secrets


class Ids(NamedTuple):
    """Ids of one call: those that the caller gave, one per row, or what those of the SDK are made from when asked."""

    time_ns: int
    chance: int
    """74 random bits."""
    rows: int
    given: tuple[str, ...] | None = None
    """An empty one stands for an id of ours."""

    def number(self, row: int) -> int:
        """Id of one row that the SDK makes: a UUIDv7 (RFC 9562: 48 bits of milliseconds, then 74 of chance)."""
        high = (self.time_ns // 1_000_000 << 16) | (7 << 12) | (self.chance >> 62)
        return (high << 64) | (2 << 62) | ((self.chance + row) & _LOW_62)

    def text(self, row: int) -> str:
        """Id of one row in its canonical form."""
        if self.given is not None and self.given[row]:
            return self.given[row]
        digits = f"{self.number(row):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def all(self) -> "list[bytes] | list[str]":
        """Ids of all rows: 16 bytes each where all are the SDK's, else text."""
        if self.given is None:
            return [self.number(row).to_bytes(16, "big") for row in range(self.rows)]
        return [self.text(row) for row in range(self.rows)]

    def resized(self, rows: int) -> "Ids":
        """The same ids for another number of rows."""
        given = None if self.given is None else (*self.given[:rows], *[""] * (rows - len(self.given)))
        return self._replace(rows=rows, given=given)

    def take(self, rows: list[int]) -> "Ids":
        """Ids of some of the rows, as given ids."""
        return Ids(self.time_ns, self.chance, len(rows), tuple(self.text(row) for row in rows))


_last: ContextVar[Ids | None] = ContextVar("model_monitoring_last_ids", default=None)
remember = _last.set
"""Make these the ids that `last_prediction_id` answers in this thread or task."""


def reseed() -> None:
    """Start a new random sequence: a forked child must not repeat its parent's ids."""
    global _bits  # noqa: PLW0603  read on the hot path; an attribute of an object would cost a look-up more
    _bits = random.Random().getrandbits  # noqa: S311


def new_ids(time_ns: int, rows: int, given: tuple[str, ...] | None = None) -> Ids:
    """Make the ids of a call that began at a unix time."""
    return _new(Ids, (time_ns, _bits(74), rows, given))


def new_id() -> str:
    """Make the id of one row, in its canonical form."""
    return new_ids(_clock.time_ns(), 1).text(0)


def new_batch_id() -> str:
    """Make the unique id of a record, 32 hexadecimal digits that sort by time."""
    return f"{new_ids(_clock.time_ns(), 1).number(0):032x}"


def last_prediction_id() -> str | None:
    """Id of the newest monitored prediction of this thread or task, to be given to `record_label` later.

    Returns:
        The id as text (of the first row, if the call had several), or None where there was no prediction.
    """
    ids = _last.get()
    return ids.text(0) if ids is not None and ids.rows else None


def last_prediction_ids() -> list[str]:
    """Ids of all rows of the newest monitored prediction of this thread or task, in the order of its rows."""
    ids = _last.get()
    return [] if ids is None else [ids.text(row) for row in range(ids.rows)]


def clean_id(value: object) -> str:
    """Text form of a caller's id, at most 256 characters; a longer one ends in a hash of the whole.

    Empty for None, NaN and their like: as text they would be one id for all the rows that have none.
    """
    if type(value) is not str and is_missing(plain(value)):
        return ""
    text = str(value).encode("utf-8", "replace").decode()
    if len(text) <= MAX_ID_LENGTH:
        return text
    return text[: MAX_ID_LENGTH - 32] + blake2b(text.encode(), digest_size=16).hexdigest()


def pack(ids: Sequence[bytes | str]) -> bytes | list[str]:
    """Pack ids as 16 bytes each if every one is a UUID, otherwise all as text."""
    packed = [_key_of(value) for value in ids]
    if None not in packed:
        return b"".join(filter(None, packed))
    return [value if isinstance(value, str) else str(UUID(bytes=value)) for value in ids]


def _key_of(value: bytes | str) -> bytes | None:
    if isinstance(value, bytes):
        return value
    return bytes.fromhex(value.replace("-", "")) if _UUID.fullmatch(value) else None
