"""`state.db`: all of a commit or nothing, and what it answers."""

import numpy as np
import pytest

from model_monitoring_processor.store import state_store
from model_monitoring_processor.store.state_change import ModelSeen, StateChange, StoredPane
from model_monitoring_processor.store.state_store import SeenModel, StateStore
from model_monitoring_processor.types import ModelId
from model_monitoring_processor.windows import Pane, PaneKey

MODEL = ModelId("churn", "3", "production")
OTHER = ModelId("churn", "4", "production")


@pytest.fixture
def state(tmp_path):
    store = StateStore(tmp_path / "state.db")
    yield store
    store.close()


def pane(start, rows=1, model=MODEL, seconds=300):
    found = Pane(PaneKey(model, "", start), seconds)
    found.add("rows", "1", np.array([rows, 0]))
    return found


def same(found):
    """Panes in a form that can be compared."""
    return [(one.key, one.to_bytes()) for one in found]


def commit(state, *panes, hour=0, **more):
    number = state.numbers.next()
    stored = [StoredPane(found.key, found.seconds, found.to_bytes()) for found in panes]
    state.commit(StateChange(number, hour, stored, **more))
    return number


def test_panes_come_back_in_the_order_of_time(state):
    commit(state, pane(600, 2), pane(0, 1), pane(900, 3), pane(300, 9, OTHER))
    assert same(state.panes(MODEL, "", 0, 900)) == same([pane(0, 1), pane(600, 2)])
    assert same(state.panes(OTHER, "", 0, 900)) == same([pane(300, 9, OTHER)])
    assert list(state.panes(ModelId("unknown"), "", 0, 900)) == []


def test_a_pane_is_replaced_and_moves_to_the_newest_commit(state):
    first = commit(state, pane(0, 1), pane(300, 1))
    second = commit(state, pane(0, 2))
    assert same([state.load_pane(PaneKey(MODEL, "", 0), 300)]) == same([pane(0, 2)])
    assert state.changed_panes(0) == [(pane(300).key, first), (pane(0).key, second)]
    assert state.changed_panes(first) == [(pane(0).key, second)]


def test_panes_of_another_length_lie_beside(state):
    commit(state, pane(0, 1, seconds=300), pane(0, 2, seconds=60))
    assert same(state.panes(MODEL, "", 0, 1)) == same([pane(0, 2, seconds=60), pane(0, 1, seconds=300)])
    assert state.load_pane(PaneKey(MODEL, "", 0), 3600) is None


def test_models_say_how_much_they_sent_and_when(state):
    commit(state, models={MODEL: ModelSeen(3, 5 * 10**9, 7 * 10**9)})
    commit(state, models={MODEL: ModelSeen(2, 4 * 10**9, 6 * 10**9), OTHER: ModelSeen(1, 10**9, 10**9)})
    assert state.models() == [SeenModel(MODEL, 4.0, 7.0, 5), SeenModel(OTHER, 1.0, 1.0, 1)]


def test_a_model_that_was_only_numbered_is_not_seen_yet(state):
    state.model_number(MODEL)
    assert state.models() == []


def test_numbers_of_models_survive_a_restart(state, tmp_path):
    numbers = [state.model_number(OTHER), state.model_number(MODEL)]
    state.close()
    again = StateStore(tmp_path / "state.db")
    assert [again.model_number(OTHER), again.model_number(MODEL)] == numbers
    assert again.models_by_id == dict(zip(numbers, [OTHER, MODEL], strict=True))
    again.close()


def test_models_are_bounded(state, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_MODELS", 1)
    state.model_number(MODEL)
    assert state.accepts(MODEL)
    assert not state.accepts(OTHER)


def test_a_commit_that_fails_changes_nothing(state):
    commit(state, batches=[b"one"], pending_added={b"key": "1"})
    with pytest.raises(Exception, match="UNIQUE"):
        commit(state, pane(0), batches=[b"two", b"one"], models={MODEL: ModelSeen(1, 0, 0)}, pending_joined=[b"key"])
    assert not state.knows_batch(b"two")
    assert list(state.panes(MODEL, "", 0, 1)) == []
    assert state.models() == []
    assert state.pending_labels([b"key"]) == {b"key": "1"}
    assert state.pending_count == 1


def test_waiting_labels_are_found_and_taken_out(state, tmp_path):
    commit(state, pending_added={b"a": "1", b"b": "0"})
    assert state.pending_labels([b"b", b"c", b"a"]) == {b"a": "1", b"b": "0"}
    commit(state, pending_joined=[b"a"])
    assert state.pending_labels([b"a", b"b"]) == {b"b": "0"}
    state.close()
    again = StateStore(tmp_path / "state.db")
    assert again.pending_count == 1
    again.close()


def test_what_came_long_ago_is_forgotten(state):
    commit(state, hour=10, batches=[b"old"], pending_added={b"old": "1"})
    commit(state, hour=20, batches=[b"new"], pending_added={b"new": "1"})
    assert state.expire(20) == (1, 1)
    assert [state.knows_batch(key) for key in (b"old", b"new")] == [False, True]
    assert state.pending_count == 1


def test_ids_of_batches_are_bounded_and_the_oldest_go_first(state, monkeypatch):
    monkeypatch.setattr(state_store, "MAX_BATCHES", 2)
    commit(state, hour=10, batches=[b"a", b"b"])
    commit(state, hour=11, batches=[b"c"])
    assert state.expire(0).batches == 2
    assert [state.knows_batch(key) for key in (b"a", b"b", b"c")] == [False, False, True]


def test_a_reader_sees_only_what_is_committed(state):
    writer = state._writer
    writer.execute("BEGIN")
    writer.execute("UPDATE epoch SET committed = 7")
    assert state.models() == []
    writer.execute("ROLLBACK")
