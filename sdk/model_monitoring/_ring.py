"""The bounded queue between the caller's thread and the background one: rows, bytes and entries are bounded."""

from collections import deque
from threading import RLock
from typing import Any, NamedTuple

from model_monitoring._capture import Captured, Limits
from model_monitoring._ids import Ids
from model_monitoring._ledger import Ledger
from model_monitoring._model import Identity, Model

__all__ = ["Call", "Labels", "Ring"]

_MAX_ENTRIES = 200_000
"""Durations kept while the ring is full. Calls with rows are bounded by their bytes: none is counted below 256."""


class Call(NamedTuple):
    """One prediction. Without `captured` there is only its duration to be recorded."""

    model: Model
    rows: int
    """Rows predicted; of a large call fewer are captured."""
    start_ns: int
    duration_ns: int
    error_type: str = ""
    captured: Captured | None = None
    output: Any = None
    ids: Ids | None = None
    times: Any = None
    weight: float = 1.0
    span_context: bytes = b""
    size: int = 0


class Labels(NamedTuple):
    """Labels handed in by one call of `record_labels`."""

    identity: Identity
    ids: list[str]
    values: list[Any]
    times: Any
    now_ns: int
    size: int


class Ring:
    """Takes entries without ever waiting for anything slow; what does not fit is dropped and counted."""

    def __init__(self, max_rows: int, max_bytes: int, ledger: Ledger) -> None:
        self.limits = Limits(max(max_rows // 4, 1), max(max_bytes // 4, 1))
        self._max_rows, self._max_bytes, self._urgent = max_rows, max_bytes, max_bytes // 2
        self._ledger = ledger
        self._lock = RLock()  # reentrant: a signal handler may predict while we are in here
        self._entries: deque[Call | Labels] = deque()
        self._rows = self._bytes = 0

    def put(self, call: Call) -> bool:
        """Add a call. A full ring keeps only its duration, so that latencies stay unbiased.

        Returns:
            Whether it is time to drain without delay.
        """
        captured = call.captured
        rows = captured.rows if captured is not None else 0
        if not self._add(call, rows, call.size):
            self._lose(call, rows)
        return self._bytes > self._urgent

    def put_labels(self, labels: Labels) -> None:
        """Add labels, or drop and count them."""
        if not self._add(labels, len(labels.ids), labels.size):
            self._ledger.take_labels(labels.identity, len(labels.ids))
            self._ledger.drop(labels.identity, "ring_full", len(labels.ids), labels=True)

    def _lose(self, call: Call, rows: int) -> None:
        self._ledger.take(call.model.identity, rows)
        self._ledger.drop(call.model.identity, "ring_full", rows)
        bare = Call(call.model, call.rows, call.start_ns, call.duration_ns, call.error_type)
        if len(self._entries) >= _MAX_ENTRIES or not self._add(bare, 0, 0):
            self._ledger.infer(call.model, call.rows)

    def _add(self, entry: Call | Labels, rows: int, size: int) -> bool:
        with self._lock:
            if self._rows + rows > self._max_rows or self._bytes + size > self._max_bytes:
                return False
            self._entries.append(entry)
            self._rows += rows
            self._bytes += size
            return True

    def take(self) -> list[Call | Labels]:
        """Remove and return everything, oldest first."""
        with self._lock:
            entries, self._entries = self._entries, deque()
            self._rows = self._bytes = 0
        return list(entries)

    @property
    def rows(self) -> int:
        """Rows and labels that wait."""
        return self._rows

    def __len__(self) -> int:
        return len(self._entries)
