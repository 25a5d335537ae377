"""The state folder: everything the processor must not forget, held by one process."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from model_monitoring_processor.errors import StateError
from model_monitoring_processor.store.lock import FolderLock
from model_monitoring_processor.store.prediction_log import RETENTION_HOURS, PredictionLog
from model_monitoring_processor.store.registry import Registry
from model_monitoring_processor.store.state_store import StateStore

__all__ = ["StateFolder"]

PREDICTIONS_DAYS = RETENTION_HOURS // 24


class StateFolder:
    """Opens, locks and lays out a folder: `state.db`, `predictions/<hour>[-arrived].db`, `registry.db`, `lock`.

    Args:
        path: made where it is missing.
        clock: wall clock, unix nanoseconds.
        predictions_days: rows wait for their labels this long.

    Raises:
        StateError: another process holds it, or it is damaged, of another version or not writable.
    """

    state: StateStore
    predictions: PredictionLog
    registry: Registry

    def __init__(
        self, path: Path, *, clock: Callable[[], int] = time.time_ns, predictions_days: int = PREDICTIONS_DAYS
    ) -> None:
        self.path = path
        try:
            (path / "predictions").mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(path)
        except OSError as error:
            raise StateError(
                f"the state folder {path} cannot be used: {error.strerror}. "
                "Give one that may be written with --state-dir"
            ) from error
        try:
            self.state = StateStore(path / "state.db")
            self.predictions = PredictionLog(path / "predictions", clock=clock, retention_hours=24 * predictions_days)
            self.registry = Registry(path / "registry.db")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every file and let another process in. Safe to call twice."""
        for name in ("state", "predictions", "registry"):
            if hasattr(self, name):
                getattr(self, name).close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
