"""The state folder: one process at a time, and every refusal says what to do."""

import sqlite3
import subprocess
import sys

import pytest

from model_monitoring_processor.errors import StateError
from model_monitoring_processor.store import StateFolder

HOLD = """
import sys, pathlib
from model_monitoring_processor.store import StateFolder
folder = StateFolder(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_it_is_made_where_it_is_missing(tmp_path):
    with StateFolder(tmp_path / "deep" / "state"):
        assert {path.name for path in (tmp_path / "deep" / "state").iterdir()} >= {
            "state.db", "registry.db", "predictions", "lock",
        }  # fmt: skip


def test_a_second_process_is_told_who_holds_it_and_what_to_do(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StateError, match=rf"in use by process {holder.pid}.*--state-dir"):
        StateFolder(tmp_path)
    holder.communicate("")
    StateFolder(tmp_path).close()


def test_a_holder_that_was_killed_does_not_keep_others_out(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    holder.stdout.readline()
    holder.kill()
    holder.communicate()
    StateFolder(tmp_path).close()


def test_a_refused_folder_is_not_left_locked(tmp_path):
    (tmp_path / "registry.db").write_bytes(b"this is not a database, only text that somebody left here" * 9)
    with pytest.raises(StateError, match=r"registry\.db cannot be used.*moved away"):
        StateFolder(tmp_path)
    (tmp_path / "registry.db").unlink()
    StateFolder(tmp_path).close()


def test_a_file_of_another_version_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "state.db") as database:
        database.execute("PRAGMA user_version=99")
    with pytest.raises(StateError, match=r"another version of this program .schema 99"):
        StateFolder(tmp_path)


def test_a_path_that_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match=r"cannot be used.*--state-dir"):
        StateFolder(tmp_path / "file")


def test_closing_twice_is_harmless(tmp_path):
    folder = StateFolder(tmp_path)
    folder.close()
    folder.close()
