"""Numbers of commits: grow for ever, are never used twice, and tell what a crash left behind.

The files of rows are written before `state.db` decides, so a crash leaves labels that were set by a commit that never
happened. Each label carries the number of its commit; a number that was handed out and never committed is void,
and so is the label: the next one takes its place. That holds for labels that waited for their prediction, and when
another batch than the one interrupted brings the label, which the id of a batch could not tell.
"""

import sqlite3
from bisect import bisect_right

from model_monitoring_processor.store.database import transaction

__all__ = ["SCHEMA", "CommitNumbers"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS epoch(one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL,
                                 committed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS void(first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
"""

_PER_EPOCH = 1 << 32
_MAX_VOID = 10_000
"""Ranges kept: one for each start of the processor since which something was committed."""


class CommitNumbers:
    """Hands out numbers; an epoch starts with each opening of the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        with transaction(connection):
            connection.execute("INSERT OR IGNORE INTO epoch VALUES (1, 0, 0)")
            connection.execute("UPDATE epoch SET epoch = epoch + 1")
            epoch, committed = connection.execute("SELECT epoch, committed FROM epoch").fetchone()
            self._last: int = epoch * _PER_EPOCH - 1
            connection.execute("INSERT OR REPLACE INTO void VALUES (?, ?)", (committed + 1, self._last))
            connection.execute(
                "DELETE FROM void WHERE first <= (SELECT first FROM void ORDER BY first DESC LIMIT 1 OFFSET ?)",
                (_MAX_VOID,),
            )
        self._ranges: list[tuple[int, int]] = connection.execute(
            "SELECT first, last FROM void ORDER BY first"
        ).fetchall()
        self._given: int | None = None

    def next(self) -> int:
        """A new number. One that was given before and not committed becomes void."""
        if self._given is not None:
            first, last = self._ranges[-1]
            if last == self._given - 1:
                self._ranges[-1] = (first, self._given)
            else:
                self._ranges.append((self._given, self._given))
        self._last += 1
        self._given = self._last
        return self._last

    def write(self, number: int) -> None:
        """Inside the transaction of a commit: this number has happened, those that failed just before it have not."""
        self._connection.execute("UPDATE epoch SET committed = ?", (number,))
        self._connection.execute("INSERT OR REPLACE INTO void VALUES (?, ?)", self._ranges[-1])

    def committed(self) -> None:
        """After the transaction: the number given last is not void."""
        self._given = None

    def is_void(self, number: int) -> bool:
        """Whether a number was handed out and never committed."""
        at = bisect_right(self._ranges, (number, _PER_EPOCH * _PER_EPOCH)) - 1
        return at >= 0 and number <= self._ranges[at][1]
