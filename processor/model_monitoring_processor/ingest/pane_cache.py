"""The hot panes, in memory: most rows go to the few panes of the present."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from model_monitoring_processor.store import StateStore, StoredPane
from model_monitoring_processor.windows import Pane, PaneKey

__all__ = ["PaneCache"]

_At: TypeAlias = tuple[PaneKey, int]


class _Entry(NamedTuple):
    pane: Pane
    size: int


class PaneCache:
    """Least recently used panes up to `max_bytes` of counts, and all those that the open commit touched.

    Args:
        state: where panes come from.
        max_bytes: of clean panes.
    """

    def __init__(self, state: StateStore, max_bytes: int) -> None:
        self._state = state
        self._max_bytes = max_bytes
        self._bytes = 0
        self._clean: OrderedDict[_At, _Entry] = OrderedDict()
        self._touched: dict[_At, Pane] = {}
        self._touched_bytes = 0
        self._sizes: dict[_At, int] = {}
        self._unmeasured: set[_At] = set()
        """Touched panes are in one of the two: an unmeasured one may have grown."""

    def of_length(self, seconds: int) -> Callable[[PaneKey], Pane]:
        """The look-up of panes of one length: each that it hands out counts as touched."""

        def pane_of(key: PaneKey) -> Pane:
            at = key, seconds
            # It is handed out to grow.
            self._touched_bytes -= self._sizes.pop(at, 0)
            self._unmeasured.add(at)
            return self._touched.get(at) or self._touch(at)

        return pane_of

    def touched_keys(self) -> Iterable[PaneKey]:
        """Panes that the open commit touched."""
        return (key for key, _ in self._touched)

    def touched_bytes(self) -> int:
        """Memory of the panes that the open commit touched; only those handed out since the last time are measured."""
        for at in self._unmeasured:
            self._sizes[at] = _size(self._touched[at])
            self._touched_bytes += self._sizes[at]
        self._unmeasured.clear()
        return self._touched_bytes

    def stored(self) -> list[StoredPane]:
        """The touched panes as bytes."""
        return [StoredPane(key, seconds, pane.to_bytes()) for (key, seconds), pane in self._touched.items()]

    def keep(self) -> None:
        """The commit has happened: keep what it touched, as far as there is room."""
        for at, pane in self._touched.items():
            self._clean[at] = _Entry(pane, _size(pane))
            self._bytes += self._clean[at].size
        self.forget()
        while self._bytes > self._max_bytes:
            _, entry = self._clean.popitem(last=False)
            self._bytes -= entry.size

    def forget(self) -> None:
        """Nothing is touched. After a commit that failed, that is read again from the store."""
        self._touched.clear()
        self._unmeasured.clear()
        self._sizes.clear()
        self._touched_bytes = 0

    def _touch(self, at: _At) -> Pane:
        key, seconds = at
        entry = self._clean.pop(at, None)
        if entry:
            self._bytes -= entry.size
            pane = entry.pane
        else:
            pane = self._state.load_pane(key, seconds) or Pane(key, seconds)
        self._touched[at] = pane
        return pane


def _size(pane: Pane) -> int:
    return sum(counts.values.nbytes for counts in pane.parts.values())
