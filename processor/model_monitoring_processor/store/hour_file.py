"""One hour's predictions and their labels, in a file of its own: expiry is an unlink."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from model_monitoring_processor.store.database import open_database

__all__ = ["HourFile", "LabelOutcome", "LabelledRow", "PredictionRow"]

_VERSION = 1
_ASKED = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows(key BLOB PRIMARY KEY, time INTEGER NOT NULL, score REAL, class TEXT,
                                model INTEGER NOT NULL, context BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_trace ON rows(substr(context, 1, 16)) WHERE context IS NOT NULL;
CREATE TABLE IF NOT EXISTS labels(key BLOB PRIMARY KEY, label TEXT NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
"""

PredictionRow: TypeAlias = "tuple[bytes, int, float | None, str | None, int, bytes | None]"
"""Key, event time (ns), score, class, number of the model, span context."""

LabelOutcome: TypeAlias = Literal["joined", "duplicate", "conflicting"]


class LabelledRow(NamedTuple):
    """What became of one label whose prediction is there."""

    outcome: LabelOutcome
    key: bytes
    label: str
    time: int
    """Event time of the prediction, unix nanoseconds."""
    score: float | None
    predicted: str | None
    model: int


class HourFile:
    """Rows and labels of one hour. Changes are durable after `flush`; both tables keep the first of each key.

    A label carries the number of its commit: one whose commit never happened (see `commit_numbers`) is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._connection = open_database(path, _SCHEMA, _VERSION)

    def add(self, rows: Iterable[PredictionRow]) -> None:
        """Insert predictions; a key that is there keeps its row."""
        self._begin()
        self._connection.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?, ?)", rows)

    def label(
        self, labels: Sequence[tuple[bytes, str]], number: int, is_void: Callable[[int], bool]
    ) -> list[LabelledRow]:
        """Set labels of rows that are here.

        Args:
            labels: key and canonical label.
            number: of the commit that is being made.
            is_void: whether an earlier commit never happened.

        Returns:
            One entry for each label whose row is in this file, in order.
        """
        there = self._there([key for key, _ in labels])
        if there:
            self._begin()
        return [self._label(key, label, number, is_void) for key, label in labels if key in there]

    def _there(self, keys: Sequence[bytes]) -> set[bytes]:
        """Which keys have a row: most files have none of them, so they are asked for many keys at once."""
        found: set[bytes] = set()
        for start in range(0, len(keys), _ASKED):
            some = keys[start : start + _ASKED]
            query = f"SELECT key FROM rows WHERE key IN ({','.join('?' * len(some))})"  # noqa: S608 - question marks
            found.update(key for (key,) in self._connection.execute(query, some))
        return found

    def _label(self, key: bytes, label: str, number: int, is_void: Callable[[int], bool]) -> LabelledRow:
        time, score, predicted, model, earlier, set_by = self._connection.execute(_FIND, (key,)).fetchone()
        outcome: LabelOutcome
        if set_by is None or is_void(set_by):
            self._connection.execute("INSERT OR REPLACE INTO labels VALUES (?, ?, ?)", (key, label, number))
            outcome = "joined"
        else:
            outcome = "duplicate" if earlier == label else "conflicting"
        return LabelledRow(outcome, key, label, time, score, predicted, model)

    def rows_of_trace(self, trace: bytes, wanted: Callable[[int], bool]) -> list[bytes]:
        """Keys of the rows that were predicted in a trace; two where there are more, which is as ambiguous.

        Args:
            trace: 16 bytes.
            wanted: whether a model, by its number, is meant.
        """
        rows = self._connection.execute(_OF_TRACE, (trace, _MAX_OF_TRACE)).fetchall()
        found = [key for key, model in rows if wanted(model) or len(rows) == _MAX_OF_TRACE]
        return found[:2]

    def flush(self) -> None:
        """Make every change since the last flush durable."""
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Undo every change since the last flush."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file; what was not flushed is undone."""
        self._connection.close()

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")


_FIND = """
SELECT time, score, class, model, label, number FROM rows LEFT JOIN labels USING (key) WHERE rows.key = ?
"""
_MAX_OF_TRACE = 1_000
"""Rows of a trace that are looked at; one that has more says none of them."""
_OF_TRACE = "SELECT key, model FROM rows WHERE substr(context, 1, 16) = ? AND context IS NOT NULL LIMIT ?"
