"""A clock that has jumped is believed after an hour."""

import pytest

from model_monitoring_processor.ingest.steady_clock import SteadyClock

HOUR = 3_600


class Time:
    """Hours that have passed, and what the wall clock makes of them."""

    passed = 0.0
    offset = 500_000.0

    def wall(self):
        return int((self.passed + self.offset) * HOUR * 10**9)

    def monotonic(self):
        return self.passed * HOUR


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def clock(time):
    steady = SteadyClock(time.wall, time.monotonic)
    assert steady.new_hour() is None
    time.passed += 1
    assert steady.new_hour() == 500_001
    return steady


def test_every_hour_is_told_once(time, clock):
    time.passed += 0.5
    assert clock.new_hour() is None
    time.passed += 0.5
    assert clock.new_hour() == 500_002


def test_a_long_silence_is_no_jump(time, clock):
    time.passed += 1000
    assert clock.new_hour() == 501_001


def test_a_clock_that_is_set_right_by_an_hour_is_no_jump(time, clock):
    time.offset += 1
    assert clock.new_hour() == 500_002


@pytest.mark.parametrize("jump", [3, 200, -200])
def test_a_jump_is_believed_after_an_hour(time, clock, jump):
    time.offset += jump
    assert clock.new_hour() is None
    time.passed += 0.9
    assert clock.new_hour() is None
    time.passed += 0.1
    assert clock.new_hour() == 500_002 + jump


def test_a_jump_and_back_is_told_as_nothing(time, clock):
    for jump in (200, -200):
        time.offset += jump
        time.passed += 0.7
        assert clock.new_hour() is None
