"""What became of the foreign records of one request: batches, and every record that gave none, by reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model_monitoring_processor.ingest.decode import Rejection
from model_monitoring_processor.types import LabelBatch, ModelId, PredictionBatch

__all__ = ["Mapped", "Tally"]

_EXAMPLES = 3
_MAX_REFUSED = 1_000
"""Kinds of refusals told apart in one request: names of models are the sender's, and may be many."""


@dataclass(slots=True)
class Tally:
    """How many, and what the first of them looked like."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, count: int, example: str) -> None:
        """Count some more; `example` is kept among the first."""
        self.count += count
        if len(self.examples) < _EXAMPLES and example not in self.examples:
            self.examples.append(example)


@dataclass(slots=True)
class Mapped:
    """What one request holds."""

    batches: list[PredictionBatch | LabelBatch] = field(default_factory=list)
    ignored: dict[str, Tally] = field(default_factory=dict)
    """Records that no source takes, by reason."""
    taken: Counter[str] = field(default_factory=Counter)
    """Records that became rows or labels, by source."""
    refused: dict[tuple[str, Literal["predictions", "labels"], ModelId], Tally] = field(default_factory=dict)
    """Records that a source took and could not read, by reason, kind and model."""

    def ignore(self, reason: str, count: int, example: str) -> None:
        """Count records that are none of ours."""
        if count:
            self.ignored.setdefault(reason, Tally()).add(count, example)

    def refuse(self, reason: str, kind: Literal["predictions", "labels"], model: ModelId, message: str) -> None:
        """Count a record that a source took and could not read."""
        key = (reason, kind, model)
        if key not in self.refused and len(self.refused) >= _MAX_REFUSED:
            key = (reason, kind, ModelId(""))
        self.refused.setdefault(key, Tally()).add(1, message)

    def rejections(self) -> list[Rejection]:
        """What was refused, as for records of our own: a record counts as one row."""
        return [
            Rejection(kind, reason, tally.count, tally.examples[0], model, whole=True)
            for (reason, kind, model), tally in self.refused.items()
        ]

    def ignored_counts(self) -> Mapping[str, int]:
        """How many no source takes, by reason."""
        return {reason: tally.count for reason, tally in self.ignored.items()}
