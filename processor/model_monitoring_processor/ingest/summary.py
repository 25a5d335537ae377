"""What one commit did, for those who count and those who evaluate."""

from collections import Counter
from dataclasses import dataclass, field

from model_monitoring_processor.types import ModelId
from model_monitoring_processor.windows import PaneKey

__all__ = ["CommitSummary", "ModelCommit"]


@dataclass(slots=True)
class ModelCommit:
    """One model's part. Labels are the sender's to name, so their model may be without version, or nameless."""

    rows: int = 0
    duplicate_rows: int = 0
    """In batches that were known already."""
    rejected_rows: Counter[str] = field(default_factory=Counter)
    """By reason."""
    labels: int = 0
    """Received for the first time: joined + pending + rejected."""
    joined: int = 0
    """Labels that found their prediction at once."""
    pending: int = 0
    """Labels that wait for their prediction."""
    duplicate_labels: int = 0
    """In batches that were known already."""
    rejected_labels: Counter[str] = field(default_factory=Counter)
    """By reason: `duplicate`, `conflicting`, `no_prediction`, `pending_full`."""
    late_joined: int = 0
    """Labels that had waited and whose prediction came now; in no other count of this commit."""
    invalid: Counter[str] = field(default_factory=Counter)
    """Cells of the wrong type, by column."""
    unseen: Counter[str] = field(default_factory=Counter)
    """Cells of categories that the reference never held, by column."""
    oldest_event: int | None = None
    unmatched: Counter[str] = field(default_factory=Counter)
    """Cells of columns that only the traffic or only the reference has, by reason."""
    newest_event: int | None = None
    """Event times of the predictions, unix nanoseconds."""


@dataclass(slots=True)
class CommitSummary:
    """One commit. Its number grows with every commit and is the `seq` of the panes it touched."""

    number: int
    models: dict[ModelId, ModelCommit] = field(default_factory=dict)
    touched: set[PaneKey] = field(default_factory=set)
    pending_expired: int = 0
    """Labels given up because no prediction came for them in time."""
    seconds: float = 0.0
    """From the first look at the data until it was durable."""

    def of(self, model: ModelId) -> ModelCommit:
        """The part of one model, made where it is missing."""
        return self.models.setdefault(model, ModelCommit())
