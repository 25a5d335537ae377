"""The machinery: predictions go out, whatever else cannot be had."""

import threading

import pytest

from model_monitoring import _guard, _prediction, _runtime, flush, monitor_model
from model_monitoring._ledger import Ledger


class Instruments:
    """Fails at the first call that is recorded."""

    def __init__(self):
        self.recorded = []

    def record(self, call):
        self.recorded.append(call)
        if len(self.recorded) == 1:
            raise RuntimeError("no instrument")


class Received:
    """A runtime with real threads, and what it delivered."""

    def __init__(self, **outside):
        self.rows = 0
        self.instruments = outside.pop("instruments", None)
        parts = {"connect": lambda: self._send, "meters": self._meters, "app_tracer": lambda: None} | outside
        self.runtime = _runtime.Runtime(_runtime.Outside(**parts))

    def _send(self, events):
        self.rows += sum(event.rows for event in events)
        return True

    def _meters(self, ledger: Ledger):
        return self.instruments, lambda: None

    def __enter__(self):
        _guard.reset()
        self.runtime.start()
        self.before = _runtime.use(self.runtime)
        return self

    def __exit__(self, *_):
        _runtime.use(self.before)
        self.runtime.stop()


@monitor_model(name="m")
def predict(row):
    return 1.0


def test_a_tracer_of_ours_is_made_once_in_the_background_and_may_fail():
    threads = []

    def own_tracer():
        threads.append(threading.current_thread().name)
        raise ImportError("no exporter")

    with Received(own_tracer=own_tracer) as received:
        for _ in range(3):
            predict([1.0])
            assert flush(10)
    assert received.rows == 3
    assert threads == ["model-monitoring-drain"]
    assert _guard.errors() == {"ImportError": 1}


def test_a_tracer_of_the_app_that_fails_harms_nothing():
    def app_tracer():
        raise LookupError("half set up")

    with Received(app_tracer=app_tracer) as received:
        predict([1.0])
        assert flush(10)
    assert received.rows == 1


def test_a_duration_that_cannot_be_recorded_loses_no_row():
    instruments = Instruments()
    with Received(instruments=instruments) as received:
        for _ in range(5):
            predict([1.0])
        assert flush(10)
    assert received.rows == 5
    assert len(instruments.recorded) == 5
    assert _guard.errors() == {"RuntimeError": 1}


def test_metrics_that_cannot_be_exported_stop_nothing():
    def meters(ledger):
        return None, lambda: 1 / 0

    with Received(meters=meters) as received:
        for _ in range(2):
            predict([1.0])
            assert flush(10)
    assert received.rows == 2


def test_internal_error_at_the_end_of_a_span_keeps_the_row(monkeypatch):
    class Span:
        def close(self, *_):
            raise RuntimeError("a span processor of the app")

        fail = close

    monkeypatch.setattr(_prediction.OpenSpan, "start", lambda *_: Span())
    with Received(app_tracer=object) as received:
        assert predict([1.0]) == 1.0
        assert flush(10)
    assert received.rows == 1


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_internal_error_starting_a_thread_is_tried_again(failing, sink, monkeypatch):
    start, started = threading.Thread.start, []

    def start_or_fail(thread):
        started.append(thread)
        if len(started) == failing:
            raise RuntimeError("can't start new thread")
        start(thread)

    before = set(threading.enumerate())
    monkeypatch.setattr(threading.Thread, "start", start_or_fail)
    with pytest.raises(RuntimeError):
        _runtime.current()
    assert _runtime.active is None
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive(), "a thread of the runtime that failed goes on"
    assert predict([1.0]) == 1.0
    assert flush(10)
    assert sum(sink.rows().values()) == 1
