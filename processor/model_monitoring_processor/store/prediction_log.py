"""Predictions that wait for their label: one file an hour, and which file a key is in."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from model_monitoring_processor.ids import millis_of
from model_monitoring_processor.store.hour_file import HourFile, LabelledRow, PredictionRow

__all__ = ["RETENTION_HOURS", "PredictionLog", "unlink_files"]

RETENTION_HOURS = 7 * 24
"""How long a prediction waits for its label."""

_MILLIS_PER_HOUR = 3_600_000
_NANOS_PER_HOUR = 3_600_000_000_000
_PAST_HOURS = 48
_FUTURE_HOURS = 1


class PredictionLog:
    """Rows by hour. The hour is the one of the key's own clock where that is plausible, else the hour of arrival.

    A look-up tries the hour of the key's clock, then every file from the newest to the oldest. The second step is
    for ids that the caller made: about 2 us for each file and key, until an index from keys to files replaces it.

    Args:
        folder: an existing folder of our own.
        clock: wall clock, unix nanoseconds.
        retention_hours: files that are older are given up by `expire`.
        max_open: connections kept; the least recently used is flushed and closed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], int] = time.time_ns,
        retention_hours: int = RETENTION_HOURS,
        max_open: int = 32,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._retention_hours = retention_hours
        self._max_open = max_open
        self._hours = {int(path.stem) for path in folder.glob("*.db") if path.stem.isdigit()}
        self._open: OrderedDict[int, HourFile] = OrderedDict()

    def add(self, rows: Iterable[PredictionRow]) -> None:
        """Insert predictions, not durable before `flush`; a row whose key is in the same file already is ignored."""
        now = self._clock() // _NANOS_PER_HOUR
        by_hour: dict[int, list[PredictionRow]] = {}
        for row in rows:
            by_hour.setdefault(_hour_of(row[0], now), []).append(row)
        for hour, of_hour in by_hour.items():
            self._file(hour).add(of_hour)

    def label(
        self, labels: Sequence[tuple[bytes, str]], number: int, is_void: Callable[[int], bool]
    ) -> list[LabelledRow]:
        """Set labels, not durable before `flush`. Those whose prediction is in no file are not in the answer.

        Args:
            labels: key and canonical label.
            number: of the commit that is being made.
            is_void: whether an earlier commit never happened.
        """
        by_clock: dict[int, list[tuple[bytes, str]]] = {}
        for entry in labels:
            millis = millis_of(entry[0])
            by_clock.setdefault(-1 if millis is None else millis // _MILLIS_PER_HOUR, []).append(entry)
        done: list[LabelledRow] = []
        left: list[tuple[bytes, str]] = by_clock.pop(-1, [])
        for hour, entries in by_clock.items():
            found = self._file(hour).label(entries, number, is_void) if hour in self._hours else []
            done += found
            left += _without(entries, found)
        for hour in sorted(self._hours, reverse=True):
            if not left:
                break
            found = self._file(hour).label(left, number, is_void)
            done += found
            left = _without(left, found)
        return done

    def rows_of_traces(self, traces: Iterable[bytes], wanted: Callable[[int], bool]) -> dict[bytes, list[bytes]]:
        """Keys of the rows of each trace: one, or two where there are more; traces that no row has are left out.

        The newest file that holds a row of a trace answers for it.

        Args:
            traces: 16 bytes each.
            wanted: whether a model, by its number, is meant.
        """
        found: dict[bytes, list[bytes]] = {}
        left = set(traces)
        for hour in sorted(self._hours, reverse=True):
            if not left:
                break
            file = self._file(hour)
            here = {trace: keys for trace in left if (keys := file.rows_of_trace(trace, wanted))}
            found |= here
            left -= here.keys()
        return found

    def flush(self) -> None:
        """Make all changes durable, file by file."""
        for file in self._open.values():
            file.flush()

    def rollback(self) -> None:
        """Undo what was not flushed. What was flushed stays and does no harm: rows and labels are idempotent."""
        for file in self._open.values():
            file.rollback()

    def expire(self) -> list[Path]:
        """Give up the hours that are too old.

        Returns:
            Their files, closed and no longer used: to be removed by `unlink_files`, in any thread.
        """
        oldest = self._clock() // _NANOS_PER_HOUR - self._retention_hours
        expired = sorted(hour for hour in self._hours if hour < oldest)
        for hour in expired:
            self._hours.discard(hour)
            if file := self._open.pop(hour, None):
                file.flush()
                file.close()
        return [self._path(hour) for hour in expired]

    def close(self) -> None:
        """Close every file; what was not flushed is undone."""
        while self._open:
            self._open.popitem()[1].close()

    def _file(self, hour: int) -> HourFile:
        file = self._open.pop(hour, None)
        if file is None:
            self._make_room()
            file = HourFile(self._path(hour))
            self._hours.add(hour)
        self._open[hour] = file
        return file

    def _make_room(self) -> None:
        while len(self._open) >= self._max_open:
            _, oldest = self._open.popitem(last=False)
            oldest.flush()
            oldest.close()

    def _path(self, hour: int) -> Path:
        return self._folder / f"{hour}.db"


def unlink_files(paths: Iterable[Path]) -> None:
    """Remove database files and what SQLite keeps beside them. One that cannot be removed is tried again next start."""
    for path in paths:
        for suffix in ("-wal", "-shm", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _hour_of(key: bytes, now: int) -> int:
    millis = millis_of(key)
    if millis is None:
        return now
    hour = millis // _MILLIS_PER_HOUR
    return hour if now - _PAST_HOURS <= hour <= now + _FUTURE_HOURS else now


def _without(entries: list[tuple[bytes, str]], found: list[LabelledRow]) -> list[tuple[bytes, str]]:
    keys = {row.key for row in found}
    return [entry for entry in entries if entry[0] not in keys] if keys else entries
