"""The queue in front of the disk: many requests wait for one commit, and each is told when it is durable."""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from model_monitoring_processor.errors import Overloaded
from model_monitoring_processor.ingest.group_writer import Batch, GroupWriter
from model_monitoring_processor.ingest.summary import CommitSummary
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.store import StateFolder
from model_monitoring_processor.types import ModelId

__all__ = ["CACHE_BYTES", "GROUP_BYTES", "QUEUE_BYTES", "Committer"]

_log = logging.getLogger(__name__)

QUEUE_BYTES = 64 << 20
GROUP_BYTES = 16 << 20
CACHE_BYTES = 32 << 20


class _Submission(NamedTuple):
    batches: Sequence[Batch]
    size: int
    done: "Future[None]"


class Committer:
    """One writer thread; `submit` may be called from any.

    What waits when a commit ends is the next commit: alone a request is durable at once, together they share an
    fsync.

    Args:
        folder: the state; nobody else writes to it.
        reference_for: frozen reference of a model, None where there is none.
        pane_seconds_for: length of a model's panes.
        on_commit: told of every commit, on the writer thread, before the requests are answered: be quick.
        clock: wall clock, unix nanoseconds.
        monotonic: seconds; tells a step of the wall clock from the passing of time.
        queue_bytes: of requests that wait; beyond it `submit` refuses.
        group_bytes: of requests in one commit.
        cache_bytes: of panes kept in memory.
    """

    def __init__(
        self,
        folder: StateFolder,
        *,
        reference_for: Callable[[ModelId], Reference | None] = lambda _: None,
        pane_seconds_for: Callable[[ModelId], int] = lambda _: 300,
        on_commit: Callable[[CommitSummary], None] = lambda _: None,
        clock: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], float] = time.monotonic,
        queue_bytes: int = QUEUE_BYTES,
        group_bytes: int = GROUP_BYTES,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._writer = GroupWriter(
            folder,
            reference_for=reference_for,
            pane_seconds_for=pane_seconds_for,
            clock=clock,
            monotonic=monotonic,
            cache_bytes=cache_bytes,
        )
        self.accepts = folder.state.accepts
        """Whether rows of a model are taken; see `StateStore.accepts`."""
        self._on_commit = on_commit
        self._queue_limit, self._group_limit = queue_bytes, group_bytes
        self._waiting: deque[_Submission] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._bytes = 0
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    @property
    def queue_bytes(self) -> int:
        """Bytes received and not yet durable."""
        return self._bytes

    def submit(self, batches: Sequence[Batch], size: int) -> "Future[None]":
        """Queue the batches of one request.

        Args:
            batches: all or none of them are counted.
            size: of the request, in bytes.

        Returns:
            Done when everything is durable; its exception says why it is not, and then the request may be repeated.

        Raises:
            Overloaded: too much waits already, or the processor is stopping.
        """
        done: Future[None] = Future()
        # From here on nobody can cancel it: a client that has gone does not undo its data.
        done.set_running_or_notify_cancel()
        with self._changed:
            if self._closed:
                raise Overloaded("the processor is stopping: send again later")
            if self._bytes and self._bytes + size > self._queue_limit:
                raise Overloaded(f"{self._bytes} bytes wait to be stored, allowed are {self._queue_limit}: send again")
            self._bytes += size
            self._waiting.append(_Submission(batches, size, done))
            self._changed.notify()
        return done

    def close(self) -> None:
        """Take no more, make everything durable that waits, and stop. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._commit(group)
            with self._changed:
                self._bytes -= sum(submission.size for submission in group)

    def _next_group(self) -> list[_Submission]:
        """Everything that waits, up to the limit; empty when it is time to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            group: list[_Submission] = []
            size = 0
            while self._waiting and (not group or size + self._waiting[0].size <= self._group_limit):
                group.append(self._waiting.popleft())
                size += group[-1].size
        return group

    def _commit(self, group: list[_Submission]) -> None:
        error = self._write([batch for submission in group for batch in submission.batches])
        if error is not None and len(group) > 1 and not _is_machine_trouble(error):
            # One of them is poison: alone it fails, and the others are stored.
            for submission in group:
                self._commit([submission])
            return
        for submission in group:
            if error is None:
                submission.done.set_result(None)
            else:
                submission.done.set_exception(error)

    def _write(self, batches: Sequence[Batch]) -> Exception | None:
        try:
            for summary in self._writer.write(batches):
                self._report(summary)
        except Exception as error:  # noqa: BLE001 - the sender is told, whatever it was
            _log.exception("a commit failed; the senders are asked to send again")
            return error
        return None

    def _report(self, summary: CommitSummary) -> None:
        try:
            self._on_commit(summary)
        except Exception:  # noqa: BLE001 - the writer must outlive whoever listens to it
            _log.exception("what follows a commit failed; the commit itself stands")


def _is_machine_trouble(error: Exception) -> bool:
    """Whether the disk, the memory or the database failed, so that no submission would fare better alone."""
    return isinstance(error, OSError | MemoryError | sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
