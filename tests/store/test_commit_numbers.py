"""Numbers of commits tell what happened from what only began."""

import pytest

from model_monitoring_processor.store.commit_numbers import SCHEMA, CommitNumbers
from model_monitoring_processor.store.database import open_database, transaction


class Run:
    """One life of the processor over the same file."""

    def __init__(self, path):
        self.connection = open_database(path, SCHEMA, 1)
        self.numbers = CommitNumbers(self.connection)

    def commit(self):
        number = self.numbers.next()
        with transaction(self.connection):
            self.numbers.write(number)
        self.numbers.committed()
        return number

    def fail(self):
        return self.numbers.next()


@pytest.fixture
def start(tmp_path):
    return lambda: Run(tmp_path / "numbers.db")


def test_they_grow_and_are_never_used_twice(start):
    first, second = start(), None
    numbers = [first.commit(), first.fail(), first.commit()]
    second = start()
    numbers += [second.fail(), second.commit()]
    third = start()
    numbers += [third.commit()]
    assert numbers == sorted(set(numbers))


def test_what_was_committed_is_not_void_in_this_life_and_the_next(start):
    run = start()
    done = [run.commit(), run.commit()]
    assert not any(map(run.numbers.is_void, done))
    assert not any(map(start().numbers.is_void, done))


def test_the_number_of_a_commit_in_progress_is_not_void(start):
    run = start()
    assert not run.numbers.is_void(run.fail())


@pytest.mark.parametrize("failures", [1, 2, 5])
def test_what_failed_is_void_once_the_next_begins(start, failures):
    run = start()
    before = run.commit()
    failed = [run.fail() for _ in range(failures)]
    after = run.commit()
    for life in (run, start()):
        assert [life.numbers.is_void(number) for number in (before, *failed, after)] == [
            False,
            *[True] * failures,
            False,
        ]


def test_what_a_crash_interrupted_is_void_in_the_next_life(start):
    run = start()
    done = run.commit()
    interrupted = [run.fail(), run.fail()]
    second = start()
    later = second.fail()
    third = start()
    assert all(map(third.numbers.is_void, [*interrupted, later]))
    assert not third.numbers.is_void(done)


def test_starts_without_a_commit_leave_one_range(start):
    for _ in range(5):
        start()
    assert len(start().numbers._ranges) == 1
