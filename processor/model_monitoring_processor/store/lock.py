"""One process a state folder: an exclusive lock that dies with its holder, on every operating system."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from model_monitoring_processor.errors import StateError

__all__ = ["FolderLock"]

_LOCKED_BYTE = 1 << 30
"""Windows keeps others from reading what is locked: lock a byte far behind the pid, which they are to read."""


class FolderLock:
    """Holds `lock` in a folder until `release`; the file says which process holds it.

    Args:
        folder: an existing folder.

    Raises:
        StateError: another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file = self._path.open("a+b")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise StateError(_held_by(self._path)) from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n".encode())
        self._file.flush()

    def release(self) -> None:
        """Let others in. The file stays: removing it would race with the next holder."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _held_by(path: Path) -> str:
    pid = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
    return (
        f"the state folder {path.parent} is in use by process {pid}: stop that process first, "
        "or give this one a folder of its own with --state-dir"
    )
