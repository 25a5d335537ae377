"""Weighted rows: every method against a computation that does without panes, cells and fixed point.

A weighted sample is worth (sum w)^2 / sum w^2 plain rows: its shares are weighted, its size is that. `auto` and the
distances have p-values of their own on top of it.
"""

import numpy as np
import pytest
from scipy import stats

from model_monitoring_processor.reference import build
from model_monitoring_processor.types import ColumnTest, EvaluationSettings

M, N = 8000, 1500


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    before, now = rng.normal(size=M), rng.normal(0.15, 1.05, N)
    return before, now, rng.choice([1.0, 2.0, 5.0, 20.0], N, p=[0.6, 0.2, 0.15, 0.05])


def weighted_shares(cuts, values, weights) -> np.ndarray:
    """By a loop over the rows."""
    shares = np.zeros(len(cuts) + 1)
    for value, weight in zip(values, weights, strict=True):
        shares[sum(value >= cut for cut in cuts)] += weight
    return shares / weights.sum()


def brute(reference, before, now, weights) -> dict[str, float]:
    (column,) = reference.columns
    size = weights.sum() ** 2 / (weights**2).sum()
    ones = np.ones(M)

    def table(cuts) -> np.ndarray:
        return np.array([weighted_shares(cuts, before, ones) * M, weighted_shares(cuts, now, weights) * size])

    quantile = table(np.quantile(before, np.linspace(0.1, 0.9, 9)))
    mass = table(column.cuts[column.mass_cuts])
    p, q = quantile / quantile.sum(axis=1, keepdims=True)
    middle = (p + q) / 2
    steps = np.sort(np.concatenate([before, now]))
    below_before = np.array([(before <= step).mean() for step in steps])
    below_now = np.array([weights[now <= step].sum() for step in steps]) / weights.sum()
    chi_mass = stats.chi2_contingency(mass, correction=False).pvalue
    chi_quantile = stats.chi2_contingency(quantile, correction=False).pvalue
    return {
        "ks": np.abs(below_before - below_now).max(),
        "psi": np.sum((q - p) * np.log(q / p)),
        "js": np.sqrt((np.sum(p * np.log2(p / middle)) + np.sum(q * np.log2(q / middle))) / 2),
        "size": size,
        "chi_mass": chi_mass,
        "chi_quantile": chi_quantile,
    }


def judged(run, reference, data, method: str):
    _, now, weights = data
    settings = EvaluationSettings(numerical=ColumnTest(method, 0.05))
    (column,) = run.judged(reference, {"x": now}, settings=settings, weights=weights).columns
    return column


@pytest.fixture(scope="module")
def reference(data):
    return build({"x": data[0]}, model="m")


@pytest.fixture(scope="module")
def expected(reference, data):
    return brute(reference, *data)


@pytest.mark.parametrize("method", ["auto", "ks_test", "chi_squared", "psi", "js"])
def test_the_figures_are_of_the_weighted_sample(run, reference, data, expected, method):
    column = judged(run, reference, data, method)
    assert column.psi == pytest.approx(expected["psi"], rel=1e-6)
    assert column.js == pytest.approx(expected["js"], rel=1e-6)
    assert expected["ks"] - 1 / 256 <= column.ks <= expected["ks"] + 1e-9


@pytest.mark.parametrize(
    ("method", "bins"), [("psi", "chi_quantile"), ("js", "chi_quantile"), ("chi_squared", "chi_mass")]
)
def test_p_of_a_distance_is_that_of_its_bins_at_the_effective_size(run, reference, data, expected, method, bins):
    assert judged(run, reference, data, method).p_value == pytest.approx(expected[bins], rel=1e-6)


def test_p_of_a_ks_test_is_at_the_effective_size(run, reference, data, expected):
    column = judged(run, reference, data, "ks_test")
    size = M * expected["size"] / (M + expected["size"])
    assert column.p_value == pytest.approx(2 * stats.ksone.sf(column.ks, round(size)), rel=0.02)


def test_p_of_auto_combines_both_at_the_effective_size(run, reference, data, expected):
    ks = judged(run, reference, data, "ks_test").p_value
    heights = [np.tan((0.5 - p) * np.pi) for p in (ks, expected["chi_mass"])]
    assert judged(run, reference, data, "auto").p_value == pytest.approx(stats.cauchy.sf(np.mean(heights)), rel=1e-6)


@pytest.mark.parametrize("test", [ColumnTest("auto", 0.05), ColumnTest("psi", 0.02)])
def test_the_verdict_is_of_the_effective_size_and_not_of_the_rows(run, reference, data, test):
    """The same shares from as many plain rows would be sure: a sample that was weighted so unevenly is not."""
    _, now, weights = data
    settings = EvaluationSettings(numerical=test)
    (plain,) = run.judged(reference, {"x": np.repeat(now, weights.astype(int))}, settings=settings).columns
    (weighted,) = run.judged(reference, {"x": now}, settings=settings, weights=weights).columns
    assert plain.psi == pytest.approx(weighted.psi, rel=1e-6)
    assert (plain.verdict, weighted.verdict) == ("drifted", "exceeded")
