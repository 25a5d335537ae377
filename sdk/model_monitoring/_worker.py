"""A daemon thread that runs one step again and again: when woken, when its time has come, or for a flush."""

import threading
import time
from collections.abc import Callable

from model_monitoring import _guard

__all__ = ["Worker"]


class Worker:
    """One background thread.

    Args:
        name: of the thread.
        step: does what there is to do; its argument says whether someone waits for everything to be out. It returns
            the seconds until it wants to run again, None to sleep until it is woken.
        first: seconds until it runs for the first time; None: when it is woken.
    """

    def __init__(self, name: str, step: Callable[[bool], float | None], first: float | None = None) -> None:
        self._step = step
        self._first = first
        self._condition = threading.Condition()
        self._woken = False
        self._stopped = False
        self._asked = self._done = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end after its present step."""
        self._stopped = True
        self.wake()

    def run_once(self) -> None:
        """Run a hurried step on the calling thread; only where the thread was not started."""
        self._step(True)

    def wake(self) -> None:
        """Let the step run soon."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def ask(self) -> int:
        """Ask for a hurried step; the answer is the ticket to wait for."""
        with self._condition:
            self._asked += 1
            self._condition.notify_all()
            return self._asked

    def wait_for(self, ticket: int, deadline: float) -> bool:
        """Wait until a hurried step that began after the ticket was given has ended; False at the deadline."""
        with self._condition:
            return self._condition.wait_for(lambda: self._done >= ticket, max(deadline - time.monotonic(), 0.0))

    def asked(self) -> bool:
        """Tell whether someone waits: a step that is itself waiting should hurry."""
        return self._asked > self._done

    def pause(self, seconds: float) -> None:
        """Wait inside a step; a request to hurry ends it."""
        with self._condition:
            asked = self._asked
            self._condition.wait_for(lambda: self._asked > asked, seconds)

    def _run(self) -> None:
        delay = self._first
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._woken or self.asked(), delay)
                if self._stopped:
                    return
                self._woken = False
                ticket = self._asked
            try:
                delay = self._step(ticket > self._done)
            except Exception as error:  # noqa: BLE001  the thread must outlive any error of ours
                delay = 1.0
                _guard.warn_once(type(error).__name__, f"error in {self._thread.name}: {_guard.told(error)}")
            with self._condition:
                self._done = max(self._done, ticket)
                self._condition.notify_all()
