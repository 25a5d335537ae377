"""One column of a reference: which cell each value falls into.

A column owns `cells` consecutive places, from `offset`, of the flat vector in which everything is counted:

    numeric      [below the first cut | between cuts ... | at or above the last] missing invalid
    categorical  [the categories ... | other] missing [1,024 buckets for categories never seen]

The part in brackets is `bins` long and is what is compared; the rest is watched by checks of its own.
"""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.stats.locate import Grid, grid_of
from model_monitoring_processor.types import Float, Int, Kind, Role

__all__ = ["UNSEEN_BUCKETS", "CategoricalReference", "NumericReference", "ReferenceColumn", "hash_of"]

UNSEEN_BUCKETS = 1024
"""Categories that the reference never held are counted by hash, so that counts stay bounded and still add up."""

Precision: TypeAlias = Literal["f4", "f8"]


@dataclass(frozen=True, eq=False)
class NumericReference:
    """A numeric column: cell i holds the values that at least i cuts do not exceed."""

    name: str
    role: Role
    offset: int
    cuts: Float
    """(k,) ascending."""
    next_up: npt.NDArray[np.bool_]
    """(k,): in float32 this cut rounds onto the reference value below it, so the next float32 stands for it."""
    precision: Precision
    """Of the source; values are compared at the coarser of this and the traffic's."""
    quantile_cuts: Int
    """Indices of the cuts that bound the bins of PSI and JS."""
    mass_cuts: Int
    """Indices of the cuts that bound the ten bins of chi-squared, in which a frequent value has its own."""

    kind: Kind = field(default="numeric", init=False)

    @property
    def bins(self) -> int:
        """Cells that hold values."""
        return len(self.cuts) + 1

    @property
    def cells(self) -> int:
        """Places in the flat vector."""
        return self.bins + 2

    @property
    def missing(self) -> int:
        """Place, within the column, of missing values."""
        return self.bins

    @property
    def invalid(self) -> int:
        """Place, within the column, of text that is not a number."""
        return self.bins + 1

    @property
    def label(self) -> str:
        """Name in results."""
        return self.name if self.role == "feature" else f"prediction.{self.name}"

    @cached_property
    def grid(self) -> Grid:
        """Look-up table for float64 values."""
        return grid_of(self.cuts)

    @cached_property
    def grid_f4(self) -> Grid:
        """Look-up table for values that were rounded to float32."""
        return grid_of(self.cuts_f4)

    @cached_property
    def cuts_f4(self) -> Float:
        """The cuts in float32 precision: they part the reference's values as the float64 ones do."""
        with np.errstate(over="ignore"):
            rounded = self.cuts.astype(np.float32)
            raised = np.where(self.next_up, np.nextafter(rounded, np.float32(np.inf)), rounded)
        limit = np.finfo(np.float32).max
        return np.maximum.accumulate(np.clip(raised, -limit, limit)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class CategoricalReference:
    """A categorical column: at most 1,000 categories by name, the most frequent first; the rest is pooled."""

    name: str
    role: Role
    offset: int
    categories: tuple[str, ...]
    """In canonical form."""
    pooled: npt.NDArray[np.uint64]
    """Hashes, ascending, of the categories that share the cell `other`: they are known, only not by name."""

    kind: Kind = field(default="categorical", init=False)

    @property
    def bins(self) -> int:
        """Cells of the categories, with the pooled one."""
        return len(self.categories) + 1

    @property
    def cells(self) -> int:
        """Places in the flat vector."""
        return self.bins + 1 + UNSEEN_BUCKETS

    @property
    def other(self) -> int:
        """Place, within the column, of the pooled categories."""
        return len(self.categories)

    @property
    def missing(self) -> int:
        """Place, within the column, of missing values."""
        return self.bins

    @property
    def unseen(self) -> int:
        """Place, within the column, of the first bucket of unseen categories."""
        return self.bins + 1

    @property
    def label(self) -> str:
        """Name in results."""
        return self.name if self.role == "feature" else f"prediction.{self.name}"

    def cell_of(self, category: str) -> int:
        """Place, within the column, of a category in canonical form."""
        known = self._cells.get(category)
        if known is not None:
            return known
        hashed = hash_of(category)
        return self.other if hashed in self._pooled else self.unseen + hashed % UNSEEN_BUCKETS

    @cached_property
    def _cells(self) -> dict[str, int]:
        return {category: cell for cell, category in enumerate(self.categories)}

    @cached_property
    def _pooled(self) -> frozenset[int]:
        return frozenset(self.pooled.tolist())


ReferenceColumn: TypeAlias = NumericReference | CategoricalReference


def hash_of(category: str) -> int:
    """Stable 64-bit hash of a category (BLAKE2b, little-endian)."""
    return int.from_bytes(blake2b(category.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
