"""What waits in the ring: one prediction, or the labels of one call."""

from typing import Any, NamedTuple

from model_monitoring._capture import Captured
from model_monitoring._ids import Ids
from model_monitoring._model import Identity, Model

__all__ = ["Call", "Labels"]


class Call:
    """One call of a monitored function.

    Defaults are the class's: the hot path sets only what differs. Without `captured` there is only a duration.
    """

    model: Model
    rows = 0
    """Rows predicted; of a large call fewer are captured."""
    start_ns = 0
    """When it began, unix nanoseconds."""
    duration_ns = 0
    """Negative where it is not known."""
    error_type = ""
    excluded = ""
    """Why it does not count (`semconv.EXCLUDE_REASONS`)."""
    captured: Captured | None = None
    output: Any = None
    ids: Ids | None = None
    segments: dict[str, Any] | None = None
    """As `_segments.read_segments` made them."""
    times: Any = None
    """Event times, as `_times.freeze` made them."""
    weight = 1.0
    span_context = b""
    size = 256
    """Bytes that it holds, about."""


class Labels(NamedTuple):
    """Labels handed in by one call of `record_labels`."""

    identity: Identity
    ids: list[str]
    values: list[Any]
    times: Any
    now_ns: int
    size: int
    by_trace: bool = False
    """Whether the ids are those of traces."""
