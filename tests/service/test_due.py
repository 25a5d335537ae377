"""Which windows wait for an evaluation, and for how long they are left alone."""

from model_monitoring_processor.service.due import PATIENCE_SECONDS, QUIET_SECONDS, Due, WindowKey
from model_monitoring_processor.types import ModelId, Window

FIRST = WindowKey(ModelId("m"), "", Window("a", "1h", 0, 3600))
SECOND = WindowKey(ModelId("m"), "", Window("b", "1h", 3600, 7200))


def test_windows_wait_in_order_of_time():
    due = Due()
    due.touch(SECOND, 1, 0.0)
    due.touch(FIRST, 2, 0.0)
    assert due.waiting() == [FIRST, SECOND]


def test_a_window_settles_when_nothing_has_touched_it_for_a_while():
    due = Due()
    due.touch(FIRST, 1, 10.0)
    assert not due.settled(FIRST, 10.0 + QUIET_SECONDS / 2)
    assert due.settled(FIRST, 10.0 + QUIET_SECONDS)


def test_a_window_that_is_touched_all_the_time_settles_by_patience():
    due = Due()
    due.touch(FIRST, 1, 0.0)
    now = 0.0
    while not due.settled(FIRST, now) and now < 2 * PATIENCE_SECONDS:
        now += QUIET_SECONDS / 2
        due.touch(FIRST, 1, now)
    assert PATIENCE_SECONDS <= now < 2 * PATIENCE_SECONDS


def test_a_window_waits_until_its_evaluation_is_done():
    """At no moment between a change and its result does it look done."""
    due = Due()
    due.touch(FIRST, 3, 0.0)
    due.touch(FIRST, 7, 0.0)
    assert due.seq(FIRST) == 7
    assert FIRST in due
    due.done(FIRST, 7, 0.0)
    assert FIRST not in due
    assert not due.settled(FIRST, 100.0)


def test_a_change_during_an_evaluation_makes_the_window_wait_on():
    due = Due()
    due.touch(FIRST, 1, 0.0)
    seen = due.seq(FIRST)
    due.touch(FIRST, 2, 0.5)
    due.done(FIRST, seen, 0.5)
    assert due.waiting() == [FIRST]


def test_a_window_rests_after_an_evaluation_for_as_long_as_it_is_told():
    due = Due()
    due.touch(FIRST, 1, 0.0)
    due.done(FIRST, 1, 60.0)
    due.touch(FIRST, 2, 10.0)
    assert not due.settled(FIRST, 59.0)
    assert due.settled(FIRST, 60.0)


def test_a_failed_window_is_tried_again_less_and_less_often():
    due, now, pauses = Due(), 0.0, []
    due.touch(FIRST, 1, now)
    for _ in range(9):
        due.failed(FIRST, now)
        begun = now
        while not due.settled(FIRST, now):
            now += 1.0
        pauses.append(now - begun)
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
