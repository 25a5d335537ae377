"""Which windows have changed since their last evaluation, and which of them it is time to evaluate."""

from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from model_monitoring_processor.types import ModelId, Window

__all__ = ["PATIENCE_SECONDS", "QUIET_SECONDS", "Due", "WindowKey"]

QUIET_SECONDS = 1.0
"""A window is left alone until nothing has touched it for so long ..."""
PATIENCE_SECONDS = 5.0
"""... or until its first change is so old: traffic that never pauses gets its results too."""
_FIRST_RETRY, _LAST_RETRY = 5.0, 300.0
_LONGEST_REST = 7200.0


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
    failures: int = 0


class Due:
    """The windows that wait; at most as many as there are panes on disk. Safe to use from several threads.

    All moments are seconds of a steady clock.
    """

    def __init__(self) -> None:
        self._changes: dict[WindowKey, _Change] = {}
        self._resting: dict[WindowKey, float] = {}
        """No evaluation before this moment: the last one failed, or was only just now."""
        self._lock = Lock()

    def clear(self) -> None:
        """Forget all windows: they are cut anew."""
        with self._lock:
            self._changes.clear()
            self._resting.clear()

    def touch(self, key: WindowKey, seq: int, now: float) -> None:
        """Note that a pane of a window changed in commit number `seq`."""
        with self._lock:
            change = self._changes.get(key)
            if change is None:
                self._changes[key] = _Change(seq, now, now)
            else:
                change.seq, change.last = max(seq, change.seq), now

    def __contains__(self, key: WindowKey) -> bool:
        with self._lock:
            return key in self._changes

    def waiting(self) -> list[WindowKey]:
        """Return all windows that wait, oldest first."""
        with self._lock:
            return sorted(self._changes, key=lambda key: key.window.start)

    def seq(self, key: WindowKey) -> int:
        """Return the newest commit that changed a window; 0 where it does not wait."""
        with self._lock:
            change = self._changes.get(key)
            return change.seq if change else 0

    def settled(self, key: WindowKey, now: float) -> bool:
        """Tell whether a waiting window has been quiet for long enough."""
        with self._lock:
            change = self._changes.get(key)
            if change is None or now < self._resting.get(key, now):
                return False
            return now - change.last >= QUIET_SECONDS or now - change.first >= PATIENCE_SECONDS

    def done(self, key: WindowKey, seq: int, again: float) -> None:
        """Note that a window was evaluated.

        Args:
            key: the window.
            seq: the newest commit that the evaluation is sure to have seen; a later one makes the window wait on.
            again: moment before which it is not evaluated again.
        """
        with self._lock:
            self._resting = {k: until for k, until in self._resting.items() if until > again - _LONGEST_REST}
            self._resting[key] = again
            change = self._changes.get(key)
            if change is not None and change.seq <= seq:
                del self._changes[key]

    def failed(self, key: WindowKey, now: float) -> None:
        """Try a window again later: after five seconds, and less and less often while it goes on failing."""
        with self._lock:
            change = self._changes.get(key)
            if change is not None:
                self._resting[key] = now + min(_FIRST_RETRY * 2.0**change.failures, _LAST_RETRY)
                change.failures = min(change.failures + 1, 16)
