"""When a window is closed: by event time for everybody, by the wall clock for live traffic, by silence for replays."""

import pytest

from model_monitoring_processor.service.closing import LIVE_SECONDS, Activity, is_closed, is_live
from model_monitoring_processor.types import Window

HOUR = 3600
NOON = 1_770_000_000 - 1_770_000_000 % 86_400 + 12 * HOUR
WINDOW = Window("noon", "1h", NOON, NOON + HOUR)
LATENESS, IDLE = 300.0, 60.0


def closed(newest_event: float, *, now: float, last_arrival: float | None = None) -> bool:
    activity = Activity(newest_event, now if last_arrival is None else last_arrival)
    return is_closed(WINDOW, activity, now, LATENESS, IDLE)


def test_a_live_window_is_open_until_its_end_and_the_allowed_lateness_have_passed():
    assert not closed(NOON + HOUR - 1, now=NOON + HOUR + LATENESS - 1)
    assert closed(NOON + HOUR - 1, now=NOON + HOUR + LATENESS)


def test_a_live_window_closes_by_the_wall_clock_although_nothing_came_after_it():
    assert closed(NOON + 10, now=NOON + HOUR + LATENESS, last_arrival=NOON + 10)


def test_event_time_closes_a_window_of_a_replay_once_the_watermark_has_passed():
    years_later = NOON + 400 * 86_400
    assert not closed(NOON + HOUR + LATENESS - 1, now=years_later)
    assert closed(NOON + HOUR + LATENESS, now=years_later)


def test_a_replay_that_has_gone_silent_closes_its_last_window():
    years_later = NOON + 400 * 86_400
    assert not closed(NOON + 10, now=years_later, last_arrival=years_later - IDLE + 1)
    assert closed(NOON + 10, now=years_later, last_arrival=years_later - IDLE)


@pytest.mark.parametrize(("age", "live"), [(0, True), (LIVE_SECONDS - 1, True), (LIVE_SECONDS, False)])
def test_traffic_is_live_while_its_newest_event_is_young(age, live):
    assert is_live(Activity(NOON, NOON), NOON + age) is live
