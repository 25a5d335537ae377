"""Results, append-only."""

import pytest

from model_monitoring_processor.store.registry import Registry
from model_monitoring_processor.types import ModelId, Window

MODEL = ModelId("churn", "3", "production")


def hour(start):
    return Window(f"at {start}", "1h", start, start + 3600)


@pytest.fixture
def registry(tmp_path):
    opened = Registry(tmp_path / "registry.db")
    yield opened
    opened.close()


def test_the_newest_revision_stands_and_the_older_stay(registry):
    assert registry.add_snapshot(MODEL, "", hour(0), 1, b"first") == 1
    assert registry.add_snapshot(MODEL, "", hour(0), 2, b"corrected") == 2
    newest = registry.newest(MODEL, "", "1h", 0)
    assert (newest.revision, newest.seq, newest.body, newest.window) == (2, 2, b"corrected", hour(0))
    kept = registry._connection.execute("SELECT body FROM snapshots ORDER BY revision").fetchall()
    assert kept == [(b"first",), (b"corrected",)]


def test_the_same_result_again_is_no_revision(registry):
    registry.add_snapshot(MODEL, "", hour(0), 1, b"same")
    assert registry.add_snapshot(MODEL, "", hour(0), 2, b"same") is None
    assert registry.add_snapshot(MODEL, "", hour(3600), 2, b"same") == 1


def test_history_is_the_newest_windows_oldest_first_each_in_its_newest_revision(registry):
    for start in (3600, 0, 7200):
        registry.add_snapshot(MODEL, "", hour(start), 1, b"old")
    registry.add_snapshot(MODEL, "", hour(3600), 2, b"new")
    registry.add_snapshot(MODEL, "country=DE", hour(10_800), 1, b"slice")
    registry.add_snapshot(ModelId("other"), "", hour(10_800), 1, b"other")
    found = registry.history(MODEL, "1h", 2)
    assert [(entry.window.start, entry.revision, entry.body) for entry in found] == [
        (3600, 2, b"new"),
        (7200, 1, b"old"),
    ]
    assert registry.history(MODEL, "1d", 2) == []
    assert [entry.body for entry in registry.history(MODEL, "1h", 9, "country=DE")] == [b"slice"]


def test_configurations_and_references_are_kept_once_by_their_hash(registry):
    registry.put_config("abc", "window: 1h")
    registry.put_config("abc", "window: 1h")
    registry.put_reference("def", b"\0\1")
    assert registry.config("abc") == "window: 1h"
    assert registry.reference("def") == b"\0\1"
    assert registry.config("def") is None
    assert registry.reference("abc") is None
