"""A pane: all that was counted of one model, segment and short interval of event time."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from model_monitoring_processor.types import Int, ModelId
from model_monitoring_processor.windows.counts import Counts
from model_monitoring_processor.windows.packing import pack, unpack

__all__ = ["BIASED", "BINS", "MOMENTS", "OUTCOMES", "OUTCOME_COUNTS", "ROWS", "WEIGHTED", "Pane", "PaneKey"]

ROWS = "rows"
"""[rows received, excess weight in 2**-20]. Excess: the sum of (weight - 1), so that plain rows add nothing."""
BIASED = "rows.biased"
"""[rows from sources that choose what they send]; see `PredictionBatch.biased`."""
BINS = "bins"
"""(cells,) rows per cell; the schema is the reference's hash."""
WEIGHTED = "bins.weighted"
"""(cells,) excess weight per cell in 2**-20; only where a row's weight was not 1."""
MOMENTS = "bins.moments"
"""(2 * columns,) excess of the squared weights over each column's rows: high halves, then low halves."""
OUTCOMES = "outcomes"
"""One number for each of `OUTCOME_COUNTS`; "1" is the positive class."""
OUTCOME_COUNTS = ("labelled", "correct", "tp", "fp", "tn", "fn")

_NONE = np.zeros(0, np.int64)
_KINDS = {WEIGHTED: "sum", MOMENTS: "sum"}


class PaneKey(NamedTuple):
    """What a pane is of. `start` is unix seconds, a multiple of the pane's length."""

    model: ModelId
    segment: str
    start: int


@dataclass(eq=False)
class Pane:
    """Named parts that add up and subtract exactly; a part that is absent counts as zeros."""

    key: PaneKey
    seconds: int
    parts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    """By (name, schema)."""

    def add(self, name: str, schema: str, values: Int) -> None:
        """Add counts to a part; it is made where it is not there yet.

        Args:
            name: one of this module's names.
            schema: what each place means.
            values: (n,), copied.

        Raises:
            ValueError: the part has another length.
        """
        counts = Counts(_KINDS.get(name, "count"), schema, values)
        self._part(name, counts).merge(counts)

    def merge(self, other: "Pane") -> None:
        """Add all parts of a pane of any key: shards of one interval, or the intervals of a window.

        Raises:
            ValueError: a part of the same name and schema is of another kind or length.
        """
        for (name, _), counts in other.parts.items():
            self._part(name, counts).merge(counts)

    def subtract(self, other: "Pane") -> None:
        """Take out what `merge` added.

        Raises:
            ValueError: a part of the same name and schema is of another kind or length.
        """
        for (name, _), counts in other.parts.items():
            self._part(name, counts).subtract(counts)

    def copy(self) -> "Pane":
        """A pane of its own, equal to this one."""
        return Pane(self.key, self.seconds, {part: counts.copy() for part, counts in self.parts.items()})

    def to_bytes(self) -> bytes:
        """Compact form, without the key; equal content gives equal bytes, so parts of zeros are left out."""
        parts = ((name, self.parts[name]) for name in sorted(self.parts) if self.parts[name].values.any())
        return pack([([str(self.seconds)], _NONE), *(([*name, part.kind], part.values) for name, part in parts)])

    @classmethod
    def from_bytes(cls, key: PaneKey, data: bytes) -> "Pane":
        """Read `to_bytes`.

        Raises:
            ValueError: these are not the bytes of a pane, or they are damaged.
        """
        (seconds,), _ = (vectors := unpack(data))[0]
        parts = {(name, schema): Counts(kind, schema, values) for (name, schema, kind), values in vectors[1:]}
        return cls(key, int(seconds), parts)

    def _part(self, name: str, like: Counts) -> Counts:
        part = self.parts.get((name, like.schema))
        if part is None:
            part = self.parts[name, like.schema] = Counts.zeros(like.kind, like.schema, len(like.values))
        return part
