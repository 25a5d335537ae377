"""From finished records to the backend: a queue bounded in bytes, requests below 3 MB, retries with backoff.

OpenTelemetry's BatchLogRecordProcessor bounds numbers of records, not bytes: forty records of 240 kB make a request
that no server takes. Our events have a queue of their own and travel in requests of their own.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from model_monitoring import _guard
from model_monitoring._events import Event
from model_monitoring._ledger import Ledger
from model_monitoring._worker import Worker
from model_monitoring.semconv import LABEL_BATCH

__all__ = ["MAX_REQUEST_BYTES", "Pipeline", "Send"]

MAX_REQUEST_BYTES = 2_900_000
_MAX_BACKOFF = 30.0
_MAX_REFUSALS = 5

Send = Callable[[list[Event]], bool]
"""Sends one request; False where it was not accepted, for whatever reason."""


@dataclass(slots=True)
class _Queued:
    event: Event
    failed: bool = False
    refusals: int = 0


class Pipeline:
    """The queue and the thread that empties it.

    Args:
        ledger: where deliveries and losses are counted.
        max_bytes: bound of the queue; over it the oldest records are dropped.
        connect: makes the exporter, on the thread of the pipeline; None where there is to be none.
    """

    def __init__(self, ledger: Ledger, max_bytes: int, connect: Callable[[], Send | None]) -> None:
        self._ledger = ledger
        self._max_bytes = max_bytes
        self._connect = connect
        self._send: Send | None = None
        self._connected = False
        self._lock = RLock()
        self._queue: deque[_Queued] = deque()
        self._bytes = 0
        self._backoff = 0.0
        self._alive = True
        self.accepted = False
        """Whether a backend has accepted anything yet."""
        self.worker = Worker("model-monitoring-export", self._step)

    def put(self, event: Event) -> None:
        """Queue a record; never waits."""
        with self._lock:
            self._queue.append(_Queued(event))
            self._bytes += event.size
        self._trim()
        self.worker.wake()

    def is_empty(self) -> bool:
        """Tell whether everything is delivered or dropped, as far as the queue goes."""
        return not self._queue

    def size(self) -> int:
        """Bytes in the queue."""
        return self._bytes

    def _trim(self) -> None:
        """Drop the oldest records over the bound."""
        with self._lock:
            while self._bytes > self._max_bytes and len(self._queue) > 1:
                self._drop(self._pop(), "queue_full")

    def _pop(self) -> _Queued:
        item = self._queue.popleft()
        self._bytes -= item.event.size
        return item

    def _drop(self, item: _Queued, reason: str) -> None:
        event = item.event
        self._ledger.drop(event.identity, reason, event.rows, labels=event.name == LABEL_BATCH)

    def _step(self, hurry: bool) -> float | None:
        """Send until the queue is empty or the backend fails; a hurried step does not wait for the backoff."""
        if not self._connected:
            self._send = self._connect()
            self._connected = True
        if hurry:
            self._backoff = 0.0
        while self._queue:
            if self._backoff:
                self.worker.pause(self._backoff)
            if not self._deliver(self._request()) and (hurry or self.worker.asked()):
                return 0.0
        return None

    def _request(self) -> list[_Queued]:
        """Take the records of the next request; one that has failed goes alone, so that it harms no other."""
        with self._lock:
            request = [self._pop()] if self._queue else []
            size = sum(item.event.size for item in request)
            while self._queue and not request[0].failed and not self._queue[0].failed:
                size += self._queue[0].event.size
                if size > MAX_REQUEST_BYTES:
                    break
                request.append(self._pop())
            return request

    def _deliver(self, request: list[_Queued]) -> bool:
        if self._send is None:
            for item in request:
                self._drop(item, "exporter_none")
            return True
        if self._accepted(request):
            self._backoff, self._alive, self.accepted = 0.0, True, True
            for item in request:
                event = item.event
                self._ledger.deliver(event.identity, event.rows, labels=event.name == LABEL_BATCH)
            return True
        self._return(request)
        self._alive = False
        self._backoff = min(max(self._backoff * 2, 0.5), _MAX_BACKOFF) * random.uniform(0.8, 1.2)  # noqa: S311  jitter
        return False

    def _accepted(self, request: list[_Queued]) -> bool:
        try:
            return self._send is not None and self._send([item.event for item in request])
        except Exception as error:  # noqa: BLE001  an exporter that raises has not delivered
            _guard.warn_once(type(error).__name__, f"the exporter failed: {_guard.told(error)}")
            return False

    def _return(self, request: list[_Queued]) -> None:
        """Queue the records again, at the end.

        The exporters do not say why they failed. A record that fails again and again while others before it were
        accepted is refused for good; when nothing is accepted, it is the backend that is away.
        """
        with self._lock:
            for item in request:
                item.refusals += self._alive and len(request) == 1
                item.failed = True
                if item.refusals >= _MAX_REFUSALS:
                    self._drop(item, "refused")
                    continue
                self._queue.append(item)
                self._bytes += item.event.size
        self._trim()
