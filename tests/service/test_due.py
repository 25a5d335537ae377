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
    now = 0.0
    while not due.settled(FIRST, now) and now < 2 * PATIENCE_SECONDS:
        now += QUIET_SECONDS / 2
        due.touch(FIRST, 1, now)
    assert PATIENCE_SECONDS <= now < 2 * PATIENCE_SECONDS


def test_taking_a_window_gives_its_newest_commit_and_ends_its_wait():
    due = Due()
    due.touch(FIRST, 3, 0.0)
    due.touch(FIRST, 7, 0.0)
    assert due.take(FIRST) == 7
    assert FIRST not in due
    assert not due.settled(FIRST, 100.0)


def test_a_change_during_an_evaluation_makes_the_window_wait_again():
    due = Due()
    due.touch(FIRST, 1, 0.0)
    due.take(FIRST)
    due.touch(FIRST, 2, 1.0)
    assert due.waiting() == [FIRST]
