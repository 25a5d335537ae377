"""How every SQLite file of the state folder is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model_monitoring_processor.errors import StateError

__all__ = ["open_database", "transaction"]

_BUSY_SECONDS = 5.0


def open_database(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """Open a database for durable writing, in autocommit mode, and create its tables where they are missing.

    A connection may be used by any thread, by one at a time. A committed transaction survives a power cut as far as
    the disk keeps the promise of fsync (WAL with synchronous=FULL).

    Args:
        path: the file.
        schema: `CREATE ... IF NOT EXISTS` statements.
        version: of the schema; kept in the file.

    Raises:
        StateError: it is not such a file, is damaged, is of another version, or may not be written.
    """
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path, schema, version)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        raise StateError(
            f"{path} cannot be used as a state file: {error}. Check that the folder may be written and that the disk "
            "is not full; a damaged file has to be moved away or restored from a backup"
        ) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, schema: str, version: int) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found not in {0, version}:
        raise StateError(
            f"{path} was written by another version of this program (schema {found}, this one reads {version}): "
            "use that version, or start with an empty --state-dir"
        )
    if found != version:
        # Only once: a write costs an fsync, and files of rows are opened often.
        connection.executescript(schema)
        connection.execute(f"PRAGMA user_version={version}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing: commits at the end of the block, undoes everything when it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # COMMIT itself may have failed and closed the transaction (disk full).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
