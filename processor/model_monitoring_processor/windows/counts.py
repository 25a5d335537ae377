"""A vector of integers that adds up and subtracts exactly, in any order, on any machine."""

from dataclasses import dataclass

import numpy as np

from model_monitoring_processor.types import Int
from model_monitoring_processor.windows.packing import pack, unpack

__all__ = ["Counts"]


@dataclass(eq=False)
class Counts:
    """One named part of a pane."""

    kind: str
    """What the numbers are: `count`, or a fixed-point sum."""
    schema: str
    """What each place means; for cells, the hash of the reference whose layout it is."""
    values: Int
    """(n,)."""

    @classmethod
    def zeros(cls, kind: str, schema: str, length: int) -> "Counts":
        """Nothing counted yet."""
        return cls(kind, schema, np.zeros(length, np.int64))

    def copy(self) -> "Counts":
        """Counts of their own, equal to these."""
        return Counts(self.kind, self.schema, self.values.copy())

    def merge(self, other: "Counts") -> None:
        """Add the other's counts to these.

        Raises:
            ValueError: the other is of another kind, schema or length; nothing is changed.
        """
        self._check(other)
        self.values += other.values

    def subtract(self, other: "Counts") -> None:
        """Take the other's counts out of these: the inverse of `merge`.

        Raises:
            ValueError: the other is of another kind, schema or length; nothing is changed.
        """
        self._check(other)
        self.values -= other.values

    def to_bytes(self) -> bytes:
        """Compact form; equal counts give equal bytes."""
        return pack([((self.kind, self.schema), self.values)])

    @classmethod
    def from_bytes(cls, data: bytes) -> "Counts":
        """Read `to_bytes`.

        Raises:
            ValueError: these are not counts, or they are damaged.
        """
        vectors = unpack(data)
        if len(vectors) != 1 or len(vectors[0][0]) != 2:
            raise ValueError("these bytes are not one vector of counts")
        (kind, schema), values = vectors[0]
        return cls(kind, schema, values)

    def _check(self, other: "Counts") -> None:
        mine, theirs = (self.kind, self.schema, len(self.values)), (other.kind, other.schema, len(other.values))
        if mine != theirs:
            raise ValueError(f"counts of (kind, schema, length) {mine} cannot be put together with {theirs}")
