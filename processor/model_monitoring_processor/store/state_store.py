"""`state.db`, the one that decides: panes, ids of batches, labels that wait, models."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from model_monitoring_processor.store.commit_numbers import SCHEMA as NUMBERS_SCHEMA
from model_monitoring_processor.store.commit_numbers import CommitNumbers
from model_monitoring_processor.store.database import open_database, transaction
from model_monitoring_processor.store.state_change import StateChange
from model_monitoring_processor.types import ModelId
from model_monitoring_processor.windows import Pane, PaneKey

__all__ = ["MAX_BATCHES", "MAX_KNOWN_ROWS", "MAX_MODELS", "MAX_PENDING", "Expired", "SeenModel", "StateStore"]

MAX_PENDING = 1_000_000
"""Labels that may wait for their prediction."""
MAX_BATCHES = 5_000_000
"""Ids of batches that are remembered; beyond it the oldest hours go first."""
MAX_KNOWN_ROWS = 5_000_000
"""Ids of rows that are remembered, likewise: some 400 MB."""
MAX_MODELS = 10_000
"""Models (name, version, environment) that send rows; one that has been silent for long makes room for another."""

_VERSION = 1
_SCHEMA = (
    NUMBERS_SCHEMA
    + """
CREATE TABLE IF NOT EXISTS models(id INTEGER PRIMARY KEY, name TEXT, version TEXT, environment TEXT, first INTEGER,
                                  last INTEGER, rows INTEGER, UNIQUE(name, version, environment));
CREATE TABLE IF NOT EXISTS panes(model INTEGER, segment TEXT, start INTEGER, seconds INTEGER, seq INTEGER, body BLOB,
                                 PRIMARY KEY(model, segment, start, seconds));
CREATE INDEX IF NOT EXISTS panes_seq ON panes(seq);
CREATE TABLE IF NOT EXISTS batches(id BLOB PRIMARY KEY, hour INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batches_hour ON batches(hour);
CREATE TABLE IF NOT EXISTS known_rows(id BLOB PRIMARY KEY, hour INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS known_rows_hour ON known_rows(hour);
CREATE TABLE IF NOT EXISTS pending(key BLOB PRIMARY KEY, label TEXT, hour INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pending_hour ON pending(hour);
"""
)


class SeenModel(NamedTuple):
    """A model that has sent rows. Event times are unix seconds."""

    model: ModelId
    first_event: float
    last_event: float
    rows: int


class Expired(NamedTuple):
    """What was forgotten because it was too old."""

    batches: int
    pending: int


class StateStore:
    """One writer thread commits; any thread reads, over a connection of its own, only what is committed."""

    def __init__(self, path: Path) -> None:
        self._writer = open_database(path, _SCHEMA, _VERSION)
        self._reader = open_database(path, _SCHEMA, _VERSION)
        self._reading = threading.Lock()
        self.numbers = CommitNumbers(self._writer)
        self._models = {ModelId(*row[1:]): row[0] for row in self._writer.execute(_MODEL_ROWS)}
        self.models_by_id = {number: model for model, number in self._models.items()}
        (newest,) = self._writer.execute(_NEWEST_HOUR).fetchone()
        self._sending = dict.fromkeys(self._models, newest or 0)
        """Hour of arrival of each model's last rows; after a start no later than that of any rows."""
        self.pending_count = _count(self._writer, "pending")
        self._batch_count = _count(self._writer, "batches")
        self._row_count = _count(self._writer, "known_rows")

    def accepts(self, model: ModelId) -> bool:
        """Whether a model is among those that send rows, or may be added to them. Any thread."""
        return model in self._sending or len(self._sending) < MAX_MODELS

    def model_number(self, model: ModelId) -> int:
        """Small number of a model, durable before it is returned: rows refer to it. Writer thread only."""
        number = self._models.get(model)
        if number is None:
            insert = "INSERT INTO models(name, version, environment, rows) VALUES (?, ?, ?, 0)"
            number = cast("int", self._writer.execute(insert, model).lastrowid)
            self._models[model] = number
            self.models_by_id[number] = model
            self._sending[model] = 0
        return number

    def knows_batch(self, key: bytes) -> bool:
        """Whether a batch, by its dedupe key, was committed before. Writer thread only."""
        return self._writer.execute("SELECT 1 FROM batches WHERE id = ?", (key,)).fetchone() is not None

    def known_rows(self, ids: Iterable[bytes]) -> set[bytes]:
        """Those of some rows, by their ids, that were committed before. Writer thread only."""
        if not self._row_count:
            return set()
        execute = self._writer.execute
        return {key for key in ids if execute("SELECT 1 FROM known_rows WHERE id = ?", (key,)).fetchone()}

    def pending_labels(self, keys: Iterable[bytes]) -> dict[bytes, str]:
        """Labels that wait for one of these rows. Writer thread only."""
        if not self.pending_count:
            return {}
        execute = self._writer.execute
        found = (execute("SELECT key, label FROM pending WHERE key = ?", (key,)).fetchone() for key in keys)
        return dict(row for row in found if row)

    def load_pane(self, key: PaneKey, seconds: int) -> Pane | None:
        """One pane, of a length in seconds. Writer thread only."""
        find = "SELECT body FROM panes WHERE model = ? AND segment = ? AND start = ? AND seconds = ?"
        number = self.model_number(key.model)
        row = self._writer.execute(find, (number, key.segment, key.start, seconds)).fetchone()
        return Pane.from_bytes(key, row[0]) if row else None

    def commit(self, change: StateChange) -> None:
        """Make one change durable, as a whole. Writer thread only."""
        panes = [
            (self.model_number(key.model), key.segment, key.start, seconds, change.number, body)
            for key, seconds, body in change.panes
        ]
        models = [(m.rows, m.first, m.last, self.model_number(model)) for model, m in change.models.items()]
        with transaction(self._writer) as db:
            db.executemany("INSERT OR REPLACE INTO panes VALUES (?, ?, ?, ?, ?, ?)", panes)
            db.executemany("INSERT INTO batches VALUES (?, ?)", [(key, change.hour) for key in change.batches])
            db.executemany("INSERT INTO known_rows VALUES (?, ?)", [(key, change.hour) for key in change.rows])
            db.executemany(_MODEL_SEEN, models)
            waiting = [(key, label, change.hour) for key, label in change.pending_added.items()]
            db.executemany("INSERT INTO pending VALUES (?, ?, ?)", waiting)
            db.executemany("DELETE FROM pending WHERE key = ?", [(key,) for key in change.pending_joined])
            self.numbers.write(change.number)
        self.numbers.committed()
        self._sending.update(dict.fromkeys(change.models, change.hour))
        self.pending_count += len(waiting) - len(change.pending_joined)
        self._batch_count += len(change.batches)
        self._row_count += len(change.rows)

    def expire(self, hour: int) -> Expired:
        """Forget what arrived before `hour` (unix hours): ids, waiting labels, that a model sends rows.

        Writer thread only.
        """
        with transaction(self._writer) as db:
            batches = db.execute("DELETE FROM batches WHERE hour < ?", (hour,)).rowcount
            pending = db.execute("DELETE FROM pending WHERE hour < ?", (hour,)).rowcount
            if self._batch_count - batches > MAX_BATCHES:
                batches += db.execute("DELETE FROM batches WHERE hour = (SELECT min(hour) FROM batches)").rowcount
            rows = db.execute("DELETE FROM known_rows WHERE hour < ?", (hour,)).rowcount
            if self._row_count - rows > MAX_KNOWN_ROWS:
                rows += db.execute("DELETE FROM known_rows WHERE hour = (SELECT min(hour) FROM known_rows)").rowcount
        self._row_count -= rows
        self._batch_count -= batches
        self.pending_count -= pending
        self._sending = {model: last for model, last in self._sending.items() if last >= hour}
        return Expired(batches, pending)

    def panes(self, model: ModelId, segment: str, start: int, end: int) -> Iterator[Pane]:
        """Panes whose start lies in [start, end), unix seconds, oldest first."""
        query = (
            "SELECT start, body FROM panes WHERE model = ? AND segment = ? AND start >= ? AND start < ? "
            "ORDER BY start, seconds"
        )
        rows = self._read(query, (self._models.get(model, -1), segment, start, end))
        return (Pane.from_bytes(PaneKey(model, segment, at), body) for at, body in rows)

    def changed_panes(self, after: int) -> list[tuple[PaneKey, int]]:
        """Panes written by commits after the one numbered `after`, with the commit's number, in its order."""
        rows = self._read(_CHANGED, (after,))
        return [(PaneKey(ModelId(*row[:3]), row[3], row[4]), row[5]) for row in rows]

    def models(self) -> list[SeenModel]:
        """Models that have sent rows, in the order in which they were first seen."""
        rows = self._read(
            "SELECT name, version, environment, first, last, rows FROM models WHERE rows > 0 ORDER BY id", ()
        )
        return [SeenModel(ModelId(*row[:3]), row[3] / 1e9, row[4] / 1e9, row[5]) for row in rows]

    def close(self) -> None:
        """Close both connections."""
        self._reader.close()
        self._writer.close()

    def _read(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._reader.execute(query, parameters).fetchall()


_NEWEST_HOUR = """
SELECT max(hour) FROM (SELECT max(hour) AS hour FROM batches UNION ALL SELECT max(hour) FROM known_rows)
"""
_CHANGED = """
SELECT name, version, environment, segment, start, seq FROM panes JOIN models ON id = model
WHERE seq > ? ORDER BY seq, model, start
"""
_MODEL_ROWS = "SELECT id, name, version, environment FROM models"
_MODEL_SEEN = """
UPDATE models SET rows = rows + ?, first = min(coalesce(first, ?2), ?2), last = max(coalesce(last, ?3), ?3)
WHERE id = ?4
"""


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own table names
    return int(count)
