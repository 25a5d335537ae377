"""The demo as a user runs it: the product on a year of flights, against tables that other software computed."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

TABLE = Path(__file__).parents[1] / "data" / "nyc_monthly_drift.csv"
MONTHS = [f"2013-{month:02d}" for month in range(3, 13)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """What it printed, and the verdicts that it wrote by (window, feature)."""
    file = tmp_path_factory.mktemp("demo") / "verdicts.json"
    command = [sys.executable, "-m", "model_monitoring_processor.cli", "demo", "--exit", "--json", str(file)]
    run = subprocess.run([*command, "--admin", "127.0.0.1:0"], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    verdicts = json.loads(file.read_text())
    return run.stdout, {(entry["window"], entry["feature"]): entry for entry in verdicts}


@pytest.fixture(scope="module")
def table():
    with TABLE.open(newline="") as file:
        return {(row["window"], row["feature"]): row for row in csv.DictReader(file) if row["window"] in MONTHS}


def test_every_month_has_a_verdict_on_every_feature_and_on_the_score(demo, table):
    features = {feature for _, feature in table} | {"prediction.score"}
    assert set(demo[1]) == {(month, feature) for month in MONTHS for feature in features}
    fields = {"window", "feature", "ks", "psi", "js", "chi_squared", "q_value", "verdict"}
    assert all(set(entry) == fields for entry in demo[1].values())


def test_nothing_is_lost_between_the_model_and_the_verdicts(demo):
    """The year has 278,348 departures from March on; 277,337 of them have a known arrival."""
    assert "278,348 predictions, 277,337 labels" in demo[0]


def test_ks_is_within_a_256th_of_the_exact_one(demo, table):
    for cell, row in table.items():
        if row["kind"] == "num":
            assert demo[1][cell]["ks"] == pytest.approx(float(row["ks"]), abs=1 / 256), cell


def test_chi_squared_and_psi_have_the_digits_of_the_table(demo, table):
    """Not for `precip`: its deciles collapse into one bin, and a zero that never moves would be no monitor."""
    for cell, row in table.items():
        if row["kind"] == "cat":
            assert demo[1][cell]["chi_squared"] == pytest.approx(float(row["chi2"]), rel=1e-5), cell
        if cell[1] != "precip":
            assert demo[1][cell]["psi"] == pytest.approx(float(row["psi10"]), rel=1e-5, abs=1e-7), cell


def test_what_does_not_apply_is_null(demo):
    assert demo[1]["2013-03", "temp"]["chi_squared"] is None
    assert demo[1]["2013-03", "dest"]["ks"] is None


@pytest.mark.parametrize("feature", ["temp", "dewp", "pressure"])
def test_the_seasons_are_found_in_every_month(demo, feature):
    assert {demo[1][month, feature]["verdict"] for month in MONTHS} == {"drifted"}


def test_new_destinations_are_found_from_april_on(demo):
    assert [demo[1][month, "dest"]["verdict"] for month in MONTHS] == ["exceeded", *["drifted"] * 9]


@pytest.mark.parametrize("feature", ["carrier", "origin", "sched_dep_time"])
def test_what_hardly_moves_is_never_called_drift(demo, feature):
    assert "drifted" not in {demo[1][month, feature]["verdict"] for month in MONTHS}


def test_it_says_how_it_compares_with_the_truth_and_what_to_do_next(demo):
    assert "70 of 70 verdicts right" in demo[0]
    assert "/metrics" in demo[0]
    assert "@monitor_model" in demo[0]
