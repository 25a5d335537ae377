"""The bounded queue between the caller's thread and the background one: its rows and bytes are bounded."""

from collections import deque
from threading import RLock

from model_monitoring._call import Call, Labels
from model_monitoring._capture import Limits
from model_monitoring._ledger import Ledger

__all__ = ["Ring"]


class Ring:
    """Takes entries without ever waiting for anything slow; what does not fit is dropped and counted.

    Args:
        max_rows: bound of the rows that wait. One call may have a quarter of it.
        max_bytes: bound of their bytes, likewise; every entry counts 256 at least, which bounds their number.
        ledger: where drops are counted.
    """

    def __init__(self, max_rows: int, max_bytes: int, ledger: Ledger) -> None:
        self.limits = Limits(max(max_rows // 4, 1), max(max_bytes // 4, 1))
        self._max_rows, self._max_bytes, self._urgent = max_rows, max_bytes, max_bytes // 2
        self._ledger = ledger
        self._lock = RLock()  # reentrant: a signal handler may predict while we are in here
        self._entries: deque[Call | Labels] = deque()
        self._bytes = 0
        self.rows = 0
        """Rows that wait."""
        self.labels = 0
        """Labels that wait."""

    def put(self, call: Call) -> bool:
        """Add a call; of one that does not fit only the rows and the failure are counted.

        Returns:
            Whether it is time to drain without delay.
        """
        captured = call.captured
        rows = captured.rows if captured is not None else 0
        if not self._add(call, rows, call.size):
            self._ledger.infer(call.model, call.rows)
            self._ledger.take(call.model.identity, rows)
            self._ledger.drop(call.model.identity, "ring_full", rows)
        return self._bytes > self._urgent

    def put_labels(self, labels: Labels) -> bool:
        """Add labels, or drop and count them; answers as `put`. They are bounded by their bytes alone."""
        with self._lock:
            fits = self._add(labels, 0, labels.size)
            self.labels += len(labels.ids) if fits else 0
        if not fits:
            self._ledger.take_labels(labels.identity, len(labels.ids))
            self._ledger.drop(labels.identity, "ring_full", len(labels.ids), labels=True)
        return self._bytes > self._urgent

    def _add(self, entry: Call | Labels, rows: int, size: int) -> bool:
        with self._lock:
            if self.rows + rows > self._max_rows or self._bytes + size > self._max_bytes:
                return False
            self._entries.append(entry)
            self.rows += rows
            self._bytes += size
            return True

    def take(self) -> list[Call | Labels]:
        """Remove and return everything, oldest first."""
        with self._lock:
            entries, self._entries = self._entries, deque()
            self.rows = self.labels = self._bytes = 0
        return list(entries)

    def __len__(self) -> int:
        return len(self._entries)
