"""What one commit changes in `state.db`, in the forms in which it is handed to the store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from model_monitoring_processor.types import ModelId
from model_monitoring_processor.windows import PaneKey

__all__ = ["ModelSeen", "StateChange", "StoredPane"]


class StoredPane(NamedTuple):
    """A pane as bytes; `seconds` is its length."""

    key: PaneKey
    seconds: int
    body: bytes


class ModelSeen(NamedTuple):
    """Rows of one model in one commit and the range of their event times, unix nanoseconds."""

    rows: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """One transaction: all of it happens or nothing."""

    number: int
    """From `StateStore.next_number`."""
    hour: int
    """Hour of arrival, unix hours: what is only kept for a while expires by it."""
    panes: Sequence[StoredPane] = ()
    batches: Sequence[bytes] = ()
    """Dedupe keys, 16 bytes each."""
    rows: Sequence[bytes] = ()
    """Ids of rows that are known by themselves, 16 bytes each."""
    models: Mapping[ModelId, ModelSeen] = field(default_factory=dict)
    pending_added: Mapping[bytes, str] = field(default_factory=dict)
    """Labels whose prediction has not come, by row key."""
    pending_joined: Collection[bytes] = ()
    """Keys of waiting labels whose prediction has come."""
