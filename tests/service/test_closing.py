"""When a window is closed: by event time for everybody, by the wall clock for live traffic, by silence for replays."""

import pytest

from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.closing import Activity, is_closed, is_live, revision_interval
from model_monitoring_processor.types import Window

HOUR, DAY = 3600, 86_400
NOON = 1_770_000_000 - 1_770_000_000 % DAY + 12 * HOUR
WINDOW = Window("noon", "1h", NOON, NOON + HOUR)
LATENESS, IDLE = 300.0, 60.0


def closed(newest_event: float, *, now: float, silent_for: float = 0.0) -> bool:
    return is_closed(WINDOW, Activity(newest_event, 1000.0), Moment(now, 1000.0 + silent_for), LATENESS, IDLE)


def test_a_live_window_is_open_until_its_end_and_the_allowed_lateness_have_passed():
    assert not closed(NOON + HOUR - 1, now=NOON + HOUR + LATENESS - 1)
    assert closed(NOON + HOUR - 1, now=NOON + HOUR + LATENESS)


def test_a_live_window_closes_by_the_wall_clock_although_nothing_came_after_it():
    assert closed(NOON + 10, now=NOON + HOUR + LATENESS, silent_for=HOUR)


def test_event_time_closes_a_window_of_a_replay_once_the_watermark_has_passed():
    years_later = NOON + 400 * DAY
    assert not closed(NOON + HOUR + LATENESS - 1, now=years_later)
    assert closed(NOON + HOUR + LATENESS, now=years_later)


def test_a_replay_that_has_gone_silent_closes_its_last_window():
    years_later = NOON + 400 * DAY
    assert not closed(NOON + 10, now=years_later, silent_for=IDLE - 1)
    assert closed(NOON + 10, now=years_later, silent_for=IDLE)


def test_a_wall_clock_that_is_set_back_does_not_undo_the_silence_of_a_replay():
    assert closed(NOON + 10, now=NOON + 399 * DAY, silent_for=IDLE)


@pytest.mark.parametrize(("age", "live"), [(0, True), (2 * DAY - 1, True), (2 * DAY, False)])
def test_traffic_is_live_while_its_newest_event_is_young(age, live):
    assert is_live(Activity(NOON, 0.0), WINDOW, Moment(NOON + age, 0.0)) is live


def test_a_model_of_weekly_windows_is_live_for_two_weeks():
    """It may score on Mondays only."""
    week = Window("week", "7d", NOON, NOON + 7 * DAY)
    assert is_live(Activity(NOON, 0.0), week, Moment(NOON + 14 * DAY - 1, 0.0))
    assert not is_live(Activity(NOON, 0.0), week, Moment(NOON + 14 * DAY, 0.0))


@pytest.mark.parametrize(
    ("age", "seconds"), [(0, 0.0), (-HOUR, 0.0), (10 * 60, 60.0), (5 * HOUR, 1800.0), (40 * HOUR, 3600.0)]
)
def test_a_live_window_is_evaluated_again_after_a_tenth_of_its_age(age, seconds):
    now = WINDOW.end + age
    assert revision_interval(WINDOW, Activity(now, 0.0), Moment(now, 0.0)) == seconds


def test_a_replay_is_evaluated_as_soon_as_it_settles():
    assert revision_interval(WINDOW, Activity(NOON, 0.0), Moment(NOON + 400 * DAY, 0.0)) == 0.0
