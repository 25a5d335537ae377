"""Rows of predictions: which file, which row, which label."""

import uuid

import pytest

from model_monitoring_processor.ids import key_of
from model_monitoring_processor.store.prediction_log import PredictionLog, unlink_files

HOUR = 3_600 * 10**9
NOW = 500_000 * HOUR


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(tmp_path, clock):
    opened = PredictionLog(tmp_path, clock=clock, max_open=2)
    yield opened
    opened.close()


def key_at(time, serial=0):
    return uuid.UUID(int=((time // 10**6) << 80) | (7 << 76) | (2 << 62) | serial).bytes


def row(key, time=1, score=0.5, predicted=None, model=1):
    return (key, time, score, predicted, model, None)


def never(_):
    return False


def outcomes(found):
    return [entry.outcome for entry in found]


@pytest.mark.parametrize(
    ("made", "file"),
    [
        pytest.param(0, "500000", id="now"),
        pytest.param(-48, "499952", id="two days ago"),
        pytest.param(-49, "500000-arrived", id="too long ago: the hour of arrival"),
        pytest.param(168, "500168", id="a clock that is ahead"),
        pytest.param(169, "500000-arrived", id="a clock that is wrong: the hour of arrival"),
    ],
)
def test_the_clock_of_the_key_says_which_file(log, tmp_path, made, file):
    key = key_at(NOW + made * HOUR)
    log.add([row(key)])
    assert [path.stem for path in tmp_path.glob("*.db")] == [file]
    assert outcomes(log.label([(key, "1")], 1, never)) == ["joined"]


def test_a_short_retention_does_not_give_up_a_row_that_has_just_arrived(tmp_path, clock):
    log = PredictionLog(tmp_path, clock=clock, retention_hours=24)
    log.add([row(key_at(NOW - 24 * HOUR))])
    clock.now += 12 * HOUR
    assert log.expire() == []
    log.close()


@pytest.mark.parametrize(
    ("key", "hours"),
    [
        pytest.param(key_of("order-1"), [0, 1], id="an id of the caller"),
        pytest.param(key_at(NOW - 60 * HOUR), [0, 1], id="a clock that is far behind"),
        pytest.param(key_at(NOW - 48 * HOUR), [0, 1], id="a clock that falls behind"),
        pytest.param(key_at(NOW + 169 * HOUR), [0, 2], id="a clock that was far ahead"),
    ],
)
def test_a_row_that_arrives_again_in_another_hour_takes_its_label_once(log, clock, key, hours):
    found = []
    for number, hour in enumerate(hours):
        clock.now = NOW + hour * HOUR
        log.add([row(key, time=number)])
        found += log.label([(key, "1")], number, never)
    assert outcomes(found) == ["joined", "duplicate"]
    assert [entry.time for entry in found] == [0, 0]


def test_a_label_whose_key_holds_a_clock_opens_one_file(log, clock):
    for _ in range(5):
        log.add([row(key_of(f"order-{clock.now}")), row(key_at(clock.now))])
        clock.now += HOUR
    log.flush()
    log.close()
    log.label([(key_at(NOW), "1"), (key_at(NOW, serial=1), "1")], 1, never)
    assert len(log._open) == 1


def test_what_sampling_left_out_will_not_come(log, clock):
    log.add([row(key_at(NOW))])
    left_out, elsewhere, own = key_at(NOW, serial=1), key_at(NOW - HOUR), key_of("order")
    assert not log.will_not_come(left_out)
    clock.now += 25 * HOUR
    assert [log.will_not_come(key) for key in (left_out, elsewhere, own)] == [True, False, False]


def test_ids_of_the_caller_go_to_the_hour_of_arrival_and_are_found_later(log, clock):
    log.add([row(key_of("order-1"), time=11)])
    clock.now += 5 * HOUR
    log.add([row(key_of("order-2"), time=22)])
    found = log.label([(key_of("order-1"), "1"), (key_of("order-2"), "0")], 1, never)
    assert sorted((entry.time, entry.label, entry.outcome) for entry in found) == [
        (11, "1", "joined"),
        (22, "0", "joined"),
    ]


def test_a_row_keeps_what_is_asked_of_it(log):
    log.add([(key_of("a"), 5, 0.25, "x", 7, bytes(24)), (key_of("b"), 6, float("nan"), None, 8, None)])
    a, b = log.label([(key_of("a"), "1"), (key_of("b"), "1")], 1, never)
    assert a[3:] == (5, 0.25, "x", 7)
    assert b[3:] == (6, None, None, 8)


def test_the_first_row_of_a_key_stays(log):
    log.add([row(key_of("a"), time=1)])
    log.add([row(key_of("a"), time=2)])
    assert [entry.time for entry in log.label([(key_of("a"), "1")], 1, never)] == [1]


def test_a_label_without_prediction_is_not_in_the_answer(log):
    log.add([row(key_of("a"))])
    assert log.label([(key_of("b"), "1"), (key_at(NOW), "1")], 1, never) == []


def test_a_second_label_is_a_duplicate_or_a_conflict(log):
    log.add([row(key_of("a"))])
    found = log.label([(key_of("a"), "1"), (key_of("a"), "1"), (key_of("a"), "0")], 1, never)
    assert outcomes(found) == ["joined", "duplicate", "conflicting"]
    assert outcomes(log.label([(key_of("a"), "0")], 2, never)) == ["conflicting"]


def test_a_label_of_a_commit_that_never_happened_is_set_anew(log):
    log.add([row(key_of("a"))])
    log.label([(key_of("a"), "1")], 1, never)
    log.flush()
    assert outcomes(log.label([(key_of("a"), "0")], 2, lambda number: number == 1)) == ["joined"]
    assert outcomes(log.label([(key_of("a"), "0")], 3, lambda number: number == 1)) == ["duplicate"]


def test_what_is_rolled_back_has_not_been(log):
    log.add([row(key_of("a"))])
    log.flush()
    log.label([(key_of("a"), "1")], 1, never)
    log.add([row(key_of("b"))])
    log.rollback()
    assert outcomes(log.label([(key_of("a"), "0"), (key_of("b"), "1")], 2, never)) == ["joined"]


def test_more_hours_than_open_files_lose_nothing(log):
    keys = [key_at(NOW - hours * HOUR) for hours in range(10)]
    log.add([row(key) for key in keys])
    assert len(log._open) == 2
    assert len(log.label([(key, "1") for key in keys], 1, never)) == 10


def test_rows_are_there_after_a_restart(log, tmp_path, clock):
    log.add([row(key_of("a"))])
    log.flush()
    log.close()
    again = PredictionLog(tmp_path, clock=clock)
    assert outcomes(again.label([(key_of("a"), "1")], 1, never)) == ["joined"]
    again.close()


def test_old_hours_are_given_up_and_their_files_removed(log, tmp_path, clock):
    log.add([row(key_of("old"))])
    log.flush()
    clock.now += 169 * HOUR
    log.add([row(key_of("new"))])
    files = log.expire()
    assert [path.name for path in files] == ["500000-arrived.db"]
    assert outcomes(log.label([(key_of("old"), "1"), (key_of("new"), "1")], 1, never)) == ["joined"]
    unlink_files(files)
    assert not list(tmp_path.glob("500000*"))


def test_a_file_that_cannot_be_removed_does_not_keep_the_others(tmp_path):
    stuck, other = tmp_path / "1.db", tmp_path / "2.db"
    stuck.mkdir()
    other.touch()
    unlink_files([stuck, other])
    assert stuck.exists()
    assert not other.exists()


def of_trace(key, trace, model=1):
    return (key, 1, 0.5, None, model, trace + b"12345678")


def test_rows_of_a_trace_are_found_in_both_files_of_an_hour(log):
    trace, other, timed, named = b"t" * 16, b"o" * 16, key_at(NOW), key_of("order-7")
    log.add([of_trace(timed, trace), of_trace(named, trace, 2), of_trace(key_at(NOW, 1), other)])
    found = log.rows_of_traces([trace, other, b"x" * 16], lambda _: True)
    assert {key: sorted(rows) for key, rows in found.items()} == {
        trace: sorted([timed, named]),
        other: [key_at(NOW, 1)],
    }
    assert log.rows_of_traces([trace], lambda model: model == 2) == {trace: [named]}


def test_a_row_that_arrived_again_in_a_later_hour_is_one_row_of_its_trace(log, clock):
    trace, key = b"t" * 16, key_of("order-7")
    for _ in range(2):
        log.add([of_trace(key, trace)])
        clock.now += HOUR
    assert log.rows_of_traces([trace], lambda _: True) == {trace: [key]}
