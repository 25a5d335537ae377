"""`reference build` freezes a file, says what it holds, and what to do next."""

import numpy as np
import pandas as pd
import pytest

from model_monitoring_processor.reference import load


@pytest.fixture
def data(tmp_path):
    """Training data with every kind of column."""
    random = np.random.default_rng(7)
    rows = 3000
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 90, rows),
            "tenure": np.where(random.random(rows) < 0.1, np.nan, random.exponential(20, rows)),
            "plan": random.choice(["a", "b", "c"], rows),
            "zip": random.integers(0, 50, rows),
            "when": pd.date_range("2024-01-01", periods=rows, freq="min"),
            "p": random.random(rows),
        }
    )
    frame["churned"] = (frame.p > 0.5).astype(int)
    frame["truth"] = (random.random(rows) < frame.p).astype(int)
    path = tmp_path / "training.parquet"
    frame.to_parquet(path)
    return path


ROLES = ("--prediction", "churned", "--score", "p", "--label", "truth", "--time", "when", "--categorical", "zip")


def test_it_writes_a_reference_that_serve_can_load(run, data, tmp_path):
    result = run("reference", "build", data, "--model", "churn", *ROLES, "--out", tmp_path / "churn.mmref")
    assert result.exit_code == 0, result.stderr
    reference = load(tmp_path / "churn.mmref")
    assert (reference.model, reference.version, reference.rows) == ("churn", "", 3000)
    columns = {(c.role, c.name): c.kind for c in reference.columns}
    assert columns == {
        ("feature", "age"): "numeric",
        ("feature", "tenure"): "numeric",
        ("feature", "plan"): "categorical",
        ("feature", "zip"): "categorical",
        ("output", "class"): "categorical",
        ("output", "score"): "numeric",
    }
    assert 0.6 < reference.baseline["accuracy"] < 0.9


def test_it_shows_the_columns_the_hash_and_the_next_step(run, data, tmp_path):
    out = tmp_path / "churn.mmref"
    shown = run("reference", "build", data, "--model", "churn", *ROLES, "--out", out).stdout
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.split()}
    assert rows["plan"] == ["plan", "categorical", "3,000", "0", "3", "categories", "feature"]
    assert int(rows["tenure"][3].replace(",", "")) > 0
    assert load(out).hash in shown
    assert f"model-monitoring serve --reference {out}" in shown


def test_the_same_data_gives_the_same_bytes(run, data, tmp_path):
    for name in ("a.mmref", "b.mmref"):
        run("reference", "build", data, "--model", "churn", *ROLES, "--out", tmp_path / name)
    assert (tmp_path / "a.mmref").read_bytes() == (tmp_path / "b.mmref").read_bytes()


def test_columns_are_dropped_by_list_or_repeatedly(run, data, tmp_path):
    run("reference", "build", data, "--model", "m", "--drop", "zip, p", "--drop", "truth", "--time", "when",
        "--out", tmp_path / "m.mmref")  # fmt: skip
    assert {c.name for c in load(tmp_path / "m.mmref").columns} == {"age", "tenure", "plan", "churned"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--score", "pp"), "no column 'pp'; did you mean 'p'?"),
        (("--label", "xyzzy"), "no column 'xyzzy'; there are 'age', 'tenure', 'plan', 'zip', 'when', 'p'"),
        (("--categorical", "plan,zipp"), "no column 'zipp'; did you mean 'zip'?"),
        (("--score", "p", "--label", "p"), "column 'p' is given two roles"),
        (("--score", "p", "--drop", "p"), "column 'p' is given two roles"),
        (("--drop", "age,tenure,plan,zip,when,p,churned,truth"), "no feature is left"),
    ],
)
def test_wrong_columns_are_named_and_nothing_is_written(run, data, tmp_path, options, message):
    result = run("reference", "build", data, "--model", "m", *options, "--out", tmp_path / "m.mmref")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "m.mmref").exists()


def test_a_folder_that_is_not_there_is_named(run, data, tmp_path):
    result = run("reference", "build", data, "--model", "m", "--out", tmp_path / "no" / "m.mmref")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def test_a_times_column_is_left_out_with_a_note(run, data, tmp_path):
    result = run("reference", "build", data, "--model", "m", "--out", tmp_path / "m.mmref")
    assert "column 'when' was left out" in result.stderr


def test_a_person_is_shown_what_takes_its_time(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr("model_monitoring_processor.cli.reference.to_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = run("reference", "build", data, "--model", "m", "--out", tmp_path / "m.mmref")
    assert result.exit_code == 0
    for step in ("reading", "freezing 3,000 rows of 8 columns", "writing"):
        assert step in result.stderr
