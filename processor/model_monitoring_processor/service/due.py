"""Which windows have changed since their last evaluation, and which of them it is time to evaluate."""

from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from model_monitoring_processor.types import ModelId, Window

__all__ = ["Due", "WindowKey"]

QUIET_SECONDS = 1.0
"""A window is left alone until nothing has touched it for so long ..."""
PATIENCE_SECONDS = 5.0
"""... or until its first change is so old: traffic that never pauses gets its results too."""


class WindowKey(NamedTuple):
    """One window of one slice of one model's traffic."""

    model: ModelId
    segment: str
    window: Window


@dataclass(slots=True)
class _Change:
    seq: int
    first: float
    last: float


class Due:
    """The windows that wait. Bounded by the number of panes on disk; safe to use from several threads."""

    def __init__(self) -> None:
        self._changes: dict[WindowKey, _Change] = {}
        self._lock = Lock()

    def touch(self, key: WindowKey, seq: int, now: float) -> None:
        """Note that a pane of a window changed in commit number `seq`."""
        with self._lock:
            change = self._changes.get(key)
            if change is None:
                self._changes[key] = _Change(seq, now, now)
            else:
                change.seq, change.last = max(seq, change.seq), now

    def waiting(self) -> list[WindowKey]:
        """Return all windows that wait, oldest first."""
        with self._lock:
            return sorted(self._changes, key=lambda key: key.window.start)

    def settled(self, key: WindowKey, now: float) -> bool:
        """Tell whether a waiting window has been quiet for long enough."""
        with self._lock:
            change = self._changes.get(key)
        return change is not None and (now - change.last >= QUIET_SECONDS or now - change.first >= PATIENCE_SECONDS)

    def take(self, key: WindowKey) -> int:
        """Stop waiting for a window that is about to be evaluated.

        Returns:
            The number of the newest commit that changed it.
        """
        with self._lock:
            return self._changes.pop(key).seq

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._changes

    def count(self, model: ModelId) -> int:
        """Return the number of windows of a model that wait."""
        with self._lock:
            return sum(key.model == model for key in self._changes)
