"""Predictions that wait for their label: files of an hour each, and which of them a key is in."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from model_monitoring_processor.ids import millis_of
from model_monitoring_processor.store.hour_file import HourFile, LabelledRow, PredictionRow

__all__ = ["RETENTION_HOURS", "PredictionLog", "unlink_files"]

_log = logging.getLogger(__name__)

RETENTION_HOURS = 7 * 24
"""How long a prediction waits for its label."""

_MILLIS_PER_HOUR = 3_600_000
_NANOS_PER_HOUR = 3_600_000_000_000
_PAST_HOURS = 48
_GRACE_HOURS = 24
_ARRIVED = "-arrived"


class _Place(NamedTuple):
    """A file: of the keys whose own clock says this hour, or of all other keys that arrived in it."""

    hour: int
    arrived: bool


class PredictionLog:
    """Rows by hour: of the key's clock where that is plausible (`500000.db`), else of arrival (`500000-arrived.db`).

    A clock is plausible from two days ago (never more than half of the retention) to one retention ahead. So a label
    whose key holds a clock asks one file, and files of arrival only for keys that may have been out of that range. One
    whose id the caller made asks every file of arrival: a commit with a label that is in none of 168 takes 0.4 s.

    A redelivery may arrive in another hour than the first delivery, and a caller may give one id to two predictions.
    So the oldest file is asked first: the first row of a key stays, in whichever file the second one is.

    Args:
        folder: an existing folder of our own.
        clock: wall clock, unix nanoseconds.
        retention_hours: files that are older are given up by `expire`.
        max_open: connections kept, of three descriptors each; the least recently used is flushed and closed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], int] = time.time_ns,
        retention_hours: int = RETENTION_HOURS,
        max_open: int = 64,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._retention_hours = retention_hours
        self._past_hours = min(_PAST_HOURS, retention_hours // 2)
        self._max_open = max_open
        self._places = {place for path in folder.glob("*.db") if (place := _place_of(path))}
        self._open: OrderedDict[_Place, HourFile] = OrderedDict()

    def add(self, rows: Iterable[PredictionRow]) -> None:
        """Insert predictions, not durable before `flush`; a row whose key is in the same file already is ignored."""
        now = self._clock() // _NANOS_PER_HOUR
        by_place: dict[_Place, list[PredictionRow]] = {}
        for row in rows:
            hour = _hour_of(row[0])
            own = hour is not None and now - self._past_hours <= hour <= now + self._retention_hours
            place = _Place(hour, arrived=False) if own and hour is not None else _Place(now, arrived=True)
            by_place.setdefault(place, []).append(row)
        for place, of_place in by_place.items():
            self._file(place).add(of_place)

    def label(
        self, labels: Sequence[tuple[bytes, str]], number: int, is_void: Callable[[int], bool]
    ) -> list[LabelledRow]:
        """Set labels, not durable before `flush`. Those whose prediction is in no file are not in the answer.

        Args:
            labels: key and canonical label.
            number: of the commit that is being made.
            is_void: whether an earlier commit never happened.
        """
        left: dict[int | None, list[tuple[bytes, str]]] = {}
        for entry in labels:
            left.setdefault(_hour_of(entry[0]), []).append(entry)
        done: list[LabelledRow] = []
        for place in sorted(self._places):
            for hour in [hour for hour in left if self._may_hold(place, hour)]:
                found = self._file(place).label(left[hour], number, is_void)
                done += found
                left[hour] = _without(left[hour], found)
                if not left[hour]:
                    del left[hour]
        return done

    def rows_of_traces(self, traces: Iterable[bytes], wanted: Callable[[int], bool]) -> dict[bytes, list[bytes]]:
        """Keys of the rows of each trace: one, or two where there are more; traces that no row has are left out.

        The newest hour with a row of a trace answers for it, in both its files.

        Args:
            traces: 16 bytes each.
            wanted: whether a model, by its number, is meant.
        """
        found: dict[bytes, list[bytes]] = {}
        left = set(traces)
        for _, places in groupby(sorted(self._places, reverse=True), key=lambda place: place.hour):
            if not left:
                break
            here: dict[bytes, list[bytes]] = {}
            for place in places:
                file = self._file(place)
                for trace in left:
                    if keys := file.rows_of_trace(trace, wanted):
                        here[trace] = list(dict.fromkeys([*here.get(trace, ()), *keys]))[:2]
            found |= here
            left -= here.keys()
        return found

    def will_not_come(self, key: bytes) -> bool:
        """Whether a key that is in no file was left out by the sender's sampling, rather than being on its way.

        Rows of its hour have come, and the last of that hour's are a day old.
        """
        hour = _hour_of(key)
        if hour is None or _Place(hour, arrived=False) not in self._places:
            return False
        return hour + _GRACE_HOURS < self._clock() // _NANOS_PER_HOUR

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
        expired = sorted(place for place in self._places if place.hour < oldest)
        for place in expired:
            self._places.discard(place)
            if file := self._open.pop(place, None):
                file.flush()
                file.close()
        return [self._path(place) for place in expired]

    def close(self) -> None:
        """Close every file; what was not flushed is undone."""
        while self._open:
            self._open.popitem()[1].close()

    def _may_hold(self, place: _Place, hour: int | None) -> bool:
        """Whether a key with this hour in it, or none, may be in a file."""
        if hour is None or not place.arrived:
            return place.arrived if hour is None else place.hour == hour
        return place.hour > hour + self._past_hours or place.hour < hour - self._retention_hours

    def _file(self, place: _Place) -> HourFile:
        file = self._open.pop(place, None)
        if file is None:
            self._make_room()
            file = HourFile(self._path(place))
            self._places.add(place)
        self._open[place] = file
        return file

    def _make_room(self) -> None:
        while len(self._open) >= self._max_open:
            _, oldest = self._open.popitem(last=False)
            oldest.flush()
            oldest.close()

    def _path(self, place: _Place) -> Path:
        return self._folder / f"{place.hour}{_ARRIVED if place.arrived else ''}.db"


def unlink_files(paths: Iterable[Path]) -> None:
    """Remove database files and what SQLite keeps beside them. One that cannot be removed is tried again next start."""
    for path in paths:
        for suffix in ("-wal", "-shm", ""):
            try:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            except OSError as error:
                _log.warning("an old file of predictions stays until the next start: %s", error)
                break


def _place_of(path: Path) -> _Place | None:
    hour = path.stem.removesuffix(_ARRIVED)
    return _Place(int(hour), arrived=path.stem != hour) if hour.isdigit() else None


def _hour_of(key: bytes) -> int | None:
    millis = millis_of(key)
    return None if millis is None else millis // _MILLIS_PER_HOUR


def _without(entries: list[tuple[bytes, str]], found: list[LabelledRow]) -> list[tuple[bytes, str]]:
    keys = {row.key for row in found}
    return [entry for entry in entries if entry[0] not in keys] if keys else entries
