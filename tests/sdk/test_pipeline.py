"""The queue before the backend: bounded, patient with a backend that is away, firm with a record that is refused."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_monitoring import _ids
from model_monitoring._events import Event
from model_monitoring._ledger import Ledger
from model_monitoring._model import Identity
from model_monitoring._pipeline import MAX_REQUEST_BYTES, Pipeline

MODEL = Identity("m")


def event(name, rows=1, size=1000):
    return Event("ml.prediction.batch", {"name": name}, MODEL, rows, size)


def pipeline(send, max_bytes=10**8):
    made = Pipeline(Ledger(), max_bytes, lambda: send)
    made.worker.pause = lambda seconds: None
    return made, made._ledger


def test_requests_stay_below_the_limit():
    requests = []
    queue, ledger = pipeline(lambda events: requests.append(sum(e.size for e in events)) or True)
    for number in range(40):
        queue.put(event(number, rows=10, size=400_000))
    queue.worker.run_once()
    assert max(requests) <= MAX_REQUEST_BYTES
    assert len(requests) == 6
    assert ledger.captured == {MODEL: 400}


def test_over_the_bound_the_oldest_go_and_are_counted():
    sent = []
    queue, ledger = pipeline(lambda events: sent.extend(events) or True, max_bytes=3500)
    for number in range(10):
        queue.put(event(number))
    queue.worker.run_once()
    assert [e.attributes["name"] for e in sent] == [7, 8, 9]
    assert ledger.dropped == {(MODEL, "queue_full"): 7}


def test_a_record_that_is_refused_is_given_up_and_harms_no_other():
    sent = []

    def send(events):
        if any(e.attributes["name"] == "bad" for e in events):
            return False
        sent.extend(e.attributes["name"] for e in events)
        return True

    queue, ledger = pipeline(send)
    for name in ("a", "bad", "b"):
        queue.put(event(name))
    for number in range(20):
        queue.worker.run_once()
        queue.put(event(number))
    queue.worker.run_once()
    assert Counter(sent) == Counter(["a", "b", *range(20)])
    assert ledger.dropped == {(MODEL, "refused"): 1}
    assert queue.is_empty()


def test_a_backend_that_is_away_loses_nothing_however_long():
    away, sent = [True], []
    queue, ledger = pipeline(lambda events: not away[0] and (sent.extend(events) or True))
    for number in range(5):
        queue.put(event(number))
    for _ in range(50):
        queue.worker.run_once()
    assert (sent, ledger.dropped) == ([], {})
    away[0] = False
    queue.worker.run_once()
    assert sorted(e.attributes["name"] for e in sent) == [0, 1, 2, 3, 4]


def test_an_exporter_that_raises_has_not_delivered():
    def send(events):
        raise OSError("no route")

    queue, ledger = pipeline(send)
    queue.put(event("a"))
    queue.worker.run_once()
    assert (ledger.captured, queue.is_empty()) == ({}, False)


@given(time=st.integers(0, 2**48 * 10**6 - 1), rows=st.integers(1, 5))
def test_ids_are_uuids_of_version_7_with_the_time_of_the_call(time, rows):
    ids = _ids.new_ids(time, rows)
    texts = [_ids.UUID(ids.text(row)) for row in range(rows)]
    assert len(set(texts)) == rows
    for made in texts:
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert made.int >> 80 == time // 1_000_000
    assert b"".join(ids.all()) == b"".join(made.bytes for made in texts)


def test_the_count_of_rows_wraps_in_the_low_bits_only():
    ids = _ids.Ids(0, (1 << 74) - 1, 2)
    assert ids.text(0) == "00000000-0000-7fff-bfff-ffffffffffff"
    assert ids.text(1) == "00000000-0000-7fff-8000-000000000000"


@pytest.mark.parametrize(
    "odd", ["", "x", "00000000-0000-7fff-bfff-fffffffffff", "g" * 32, "0000000000007fffbfff ffffffffff1"]
)
def test_ids_are_packed_only_where_all_are_uuids(odd):
    uuid = "00000000-0000-7fff-bfff-ffffffffffff"
    assert _ids.pack([uuid, uuid.replace("-", "")]) == bytes.fromhex(uuid.replace("-", "")) * 2
    assert _ids.pack([uuid, odd]) == [uuid, odd]
    assert _ids.pack([bytes(16), odd]) == ["00000000-0000-0000-0000-000000000000", odd]


def test_a_host_that_seeds_random_does_not_repeat_ids():
    import random

    random.seed(0)
    first = _ids.new_ids(1, 1).text(0)
    random.seed(0)
    assert _ids.new_ids(1, 1).text(0) != first
