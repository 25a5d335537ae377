"""Which window a moment falls into."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_monitoring_processor.windows import window_of

LENGTHS = ["5m", "15m", "1h", "6h", "12h", "1d", "7d", "month"]


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("length", "name", "start", "end"),
    [
        ("5m", "2026-03-18T05:35Z", "2026-03-18T05:35", "2026-03-18T05:40"),
        ("1h", "2026-03-18T05:00Z", "2026-03-18T05:00", "2026-03-18T06:00"),
        ("12h", "2026-03-18T00:00Z", "2026-03-18T00:00", "2026-03-18T12:00"),
        ("1d", "2026-03-18", "2026-03-18", "2026-03-19"),
        ("7d", "2026-03-16", "2026-03-16", "2026-03-23"),
        ("month", "2026-03", "2026-03-01", "2026-04-01"),
    ],
)
def test_windows_have_a_name_and_bounds(length, name, start, end):
    window = window_of(at("2026-03-18T05:39"), length, "UTC")
    assert window == (name, length, at(start), at(end))


@given(
    st.integers(0, 4 * 10**9),
    st.sampled_from(LENGTHS),
    st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo"]),
)
def test_windows_tile_time_without_gap_or_overlap(moment, length, zone):
    window = window_of(moment, length, zone)
    assert window.start <= moment < window.end
    assert window_of(window.start, length, zone) == window
    assert window_of(window.end - 1, length, zone) == window
    assert window_of(window.end, length, zone).start == window.end


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)])
def test_a_day_has_the_hours_that_the_clock_of_its_zone_gives_it(day, hours):
    window = window_of(at(f"{day}T12:00", "America/New_York"), "1d", "America/New_York")
    assert window.name == day
    assert window.end - window.start == hours * 3600


def test_hours_follow_utc_in_every_zone():
    moment = at("2026-03-18T05:39")
    assert window_of(moment, "6h", "Asia/Kathmandu") == window_of(moment, "6h", "UTC")


@pytest.mark.parametrize("length", ["", "1", "h", "0h", "7h", "24h", "1m", "2d", "1w", "-1h", "1.5h", "month "])
def test_other_lengths_are_refused_with_those_that_exist(length):
    with pytest.raises(ValueError, match="give 5m to 12h"):
        window_of(0, length, "UTC")
