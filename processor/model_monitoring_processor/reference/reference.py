"""The frozen reference of one model: columns, their counts, and what was known of the labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.reference.archive import FORMAT, Arrays, archive_bytes, content_hash
from model_monitoring_processor.reference.columns import CategoricalReference, NumericReference, ReferenceColumn
from model_monitoring_processor.types import Int, Role

__all__ = ["Reference"]


@dataclass(frozen=True, eq=False)
class Reference:
    """What traffic is compared with. All counts of a pane lie in one vector laid out like `counts`."""

    model: str
    version: str
    """Empty: it serves all versions of the model."""
    columns: tuple[ReferenceColumn, ...]
    """In the order of the layout; `columns[i].offset` is the first place of column i."""
    counts: Int
    """(cells,): the reference's own rows per cell."""
    rows: int
    baseline: Mapping[str, float]
    """Performance on the reference itself, where it came with labels."""
    notes: tuple[str, ...] = ()
    """What was left out or looks odd, for people."""

    @property
    def cells(self) -> int:
        """Length of the flat vector."""
        return len(self.counts)

    def column(self, role: Role, name: str) -> ReferenceColumn | None:
        """Column of that role and name; None when the reference has none."""
        return self._by_name.get((role, name))

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the content; the identity of the layout, too."""
        return content_hash(self._manifest(), self._arrays())

    def save(self, path: str | Path) -> None:
        """Write the file, whole or not at all. The same content gives the same bytes.

        Args:
            path: of the file, by custom `*.mmref`; an existing one is replaced.

        Raises:
            OSError: the file cannot be written there.
        """
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(self.to_bytes())
        partial.replace(target)

    def to_bytes(self) -> bytes:
        """Content of the file."""
        return archive_bytes(self._manifest() | {"hash": self.hash}, self._arrays())

    @cached_property
    def _by_name(self) -> dict[tuple[Role, str], ReferenceColumn]:
        return {(column.role, column.name): column for column in self.columns}

    def _manifest(self) -> dict[str, Any]:
        """All but the arrays, as JSON values."""
        return {
            "format": FORMAT,
            "model": self.model,
            "version": self.version,
            "rows": self.rows,
            "baseline": dict(self.baseline),
            "notes": list(self.notes),
            "columns": [_describe(column) for column in self.columns],
        }

    def _arrays(self) -> Arrays:
        """The arrays of the file; those of the columns are joined in the order of the columns."""
        numeric = [c for c in self.columns if isinstance(c, NumericReference)]
        return {
            "counts": self.counts,
            "cuts": _joined([c.cuts for c in numeric]),
            "next_up": _joined([c.next_up for c in numeric]),
            "quantile_cuts": _joined([c.quantile_cuts for c in numeric]),
            "mass_cuts": _joined([c.mass_cuts for c in numeric]),
            "pooled": _joined([c.pooled for c in self.columns if isinstance(c, CategoricalReference)]),
        }


def _describe(column: ReferenceColumn) -> dict[str, Any]:
    common: dict[str, Any] = {
        "name": column.name,
        "role": column.role,
        "kind": column.kind,
        "offset": column.offset,
        "cells": column.cells,
    }
    if isinstance(column, NumericReference):
        return common | {
            "precision": column.precision,
            "cuts": len(column.cuts),
            "quantile_cuts": len(column.quantile_cuts),
            "mass_cuts": len(column.mass_cuts),
        }
    return common | {"categories": list(column.categories), "pooled": len(column.pooled)}


def _joined(parts: list[Any]) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0)
