"""`registry.db`: results, and what made them. Append-only: what was published can be read again later."""

import threading
import time
from pathlib import Path
from typing import NamedTuple

from model_monitoring_processor.store.database import open_database, transaction
from model_monitoring_processor.types import ModelId, Window

__all__ = ["Registry", "StoredSnapshot"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshots(
    name TEXT, version TEXT, environment TEXT, segment TEXT, length TEXT, start INTEGER, revision INTEGER,
    "end" INTEGER, window TEXT, seq INTEGER, created INTEGER, body BLOB,
    PRIMARY KEY(name, version, environment, segment, length, start, revision));
CREATE TABLE IF NOT EXISTS reference_files(hash TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS configs(hash TEXT PRIMARY KEY, body TEXT);
"""
_FIELDS = 'name, version, environment, segment, window, length, start, "end", revision, seq, created, body'
_FOREVER = 1 << 62
_OF_MODEL = "name = ? AND version = ? AND environment = ? AND segment = ? AND length = ?"


class StoredSnapshot(NamedTuple):
    """A result as bytes. `seq` is the commit it has seen; `created` is unix nanoseconds of the wall clock."""

    model: ModelId
    segment: str
    window: Window
    revision: int
    """1, 2, ...: grows when late rows correct a window."""
    seq: int
    created: int
    body: bytes


class Registry:
    """Usable from any thread."""

    def __init__(self, path: Path) -> None:
        self._connection = open_database(path, _SCHEMA, _VERSION)
        self._using = threading.Lock()

    def add_snapshot(self, model: ModelId, segment: str, window: Window, seq: int, body: bytes) -> int | None:
        """Append a result.

        Returns:
            Its revision; None where it equals the newest revision of its window, which then stands.
        """
        with self._using, transaction(self._connection) as db:
            newest = self._newest(model, segment, window.length, window.start)
            if newest and newest.body == body:
                return None
            revision = newest.revision + 1 if newest else 1
            row = (*model, segment, window.length, window.start, revision, window.end, window.name, seq)
            db.execute(f"INSERT INTO snapshots VALUES ({', '.join('?' * 12)})", (*row, time.time_ns(), body))  # noqa: S608
            return revision

    def newest(self, model: ModelId, segment: str, length: str, start: int) -> StoredSnapshot | None:
        """Newest revision of one window."""
        with self._using:
            return self._newest(model, segment, length, start)

    def history(
        self, model: ModelId, length: str, limit: int, segment: str = "", before: int | None = None
    ) -> list[StoredSnapshot]:
        """Newest revisions of the newest windows, oldest window first.

        Args:
            model: whose.
            length: of the windows, as configured (`1h`, `month`).
            limit: windows at most.
            segment: "" for all traffic.
            before: only windows that start earlier, unix seconds; None: all.
        """
        # Which revision a bare column of an aggregate query shows is defined by max() (SQLite's documentation).
        fields = _FIELDS.replace("revision", "max(revision)")
        query = (
            f"SELECT {fields} FROM snapshots WHERE {_OF_MODEL} AND start < ? GROUP BY start ORDER BY start DESC LIMIT ?"  # noqa: S608
        )
        with self._using:
            rows = self._connection.execute(
                query, (*model, segment, length, _FOREVER if before is None else before, limit)
            ).fetchall()
        return [_snapshot(row) for row in reversed(rows)]

    def put_config(self, digest: str, text: str) -> None:
        """Keep the text of an effective configuration."""
        self._put("configs", digest, text)

    def config(self, digest: str) -> str | None:
        """Text of a configuration, by its hash."""
        found = self._get("configs", digest)
        return found if isinstance(found, str) else None

    def put_reference(self, digest: str, body: bytes) -> None:
        """Keep a reference file."""
        self._put("reference_files", digest, body)

    def reference(self, digest: str) -> bytes | None:
        """Bytes of a reference file, by its hash."""
        found = self._get("reference_files", digest)
        return found if isinstance(found, bytes) else None

    def close(self) -> None:
        """Close the file."""
        with self._using:
            self._connection.close()

    def _newest(self, model: ModelId, segment: str, length: str, start: int) -> StoredSnapshot | None:
        query = f"SELECT {_FIELDS} FROM snapshots WHERE {_OF_MODEL} AND start = ? ORDER BY revision DESC LIMIT 1"  # noqa: S608
        row = self._connection.execute(query, (*model, segment, length, start)).fetchone()
        return _snapshot(row) if row else None

    def _put(self, table: str, digest: str, body: bytes | str) -> None:
        with self._using:
            self._connection.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (digest, body))  # noqa: S608

    def _get(self, table: str, digest: str) -> bytes | str | None:
        with self._using:
            row = self._connection.execute(f"SELECT body FROM {table} WHERE hash = ?", (digest,)).fetchone()  # noqa: S608
        return row[0] if row else None


def _snapshot(row: tuple[object, ...]) -> StoredSnapshot:
    name, version, environment, segment, *rest = row
    window, length, start, end, revision, seq, created, body = rest
    model = ModelId(name, version, environment)  # type: ignore[arg-type]
    return StoredSnapshot(model, segment, Window(window, length, start, end), revision, seq, created, body)  # type: ignore[arg-type]
