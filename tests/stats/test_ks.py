"""Kolmogorov-Smirnov from counts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model_monitoring_processor.stats.ks import ks_distance, ks_p_value


@given(st.lists(st.integers(0, 9), min_size=4, max_size=200), st.lists(st.integers(0, 9), min_size=4, max_size=200))
def test_the_distance_of_counts_of_single_values_is_scipys(reference, current):
    counts = [np.bincount(values, minlength=10).astype(float) for values in (reference, current)]
    assert ks_distance(*counts) == pytest.approx(stats.ks_2samp(reference, current, method="asymp").statistic)


@pytest.mark.parametrize(("m", "n"), [(100, 100), (1_000, 200), (20_000, 1_000), (50_000, 28_000)])
@pytest.mark.parametrize("t", [0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 3.0])
def test_the_p_value_is_scipys_within_one_per_cent(m, n, t):
    distance = t / np.sqrt(m * n / (m + n))
    exact = stats.kstwo.sf(distance, np.round(m * n / (m + n)))
    assert ks_p_value(distance, m, n) == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize(
    ("reference", "current", "distance", "p"),
    [
        (np.arange(1000) / 1000, np.arange(1000) / 1000 + 0.1, 0.101, 6.81309e-05),
        (np.arange(2000) / 2000, np.sqrt(np.arange(500) / 500), 0.25, 1.63276e-22),
    ],
)
def test_golden_values(reference, current, distance, p):
    edges = np.unique(np.concatenate([reference, current]))
    counts = [np.bincount(np.searchsorted(edges, v), minlength=len(edges)).astype(float) for v in (reference, current)]
    assert ks_distance(*counts) == pytest.approx(distance)
    assert ks_p_value(distance, len(reference), len(current)) == pytest.approx(p, rel=1e-5)


@pytest.mark.parametrize("n", [60, 100, 300, 1_500])
@pytest.mark.parametrize("t", [1.5, 2.0, 3.0, 6.0])
def test_the_tail_of_small_samples_has_scipys_digits(n, t):
    m, distance = 4 * n, t / np.sqrt(0.8 * n)
    exact = stats.kstwo.sf(distance, round(m * n / (m + n)))
    assert ks_p_value(distance, m, n) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize(("m", "n"), [(0, 10), (10, 0), (0, 0)])
def test_an_empty_sample_gives_no_evidence(m, n):
    assert ks_p_value(0.5, m, n) == 1


def test_the_p_value_falls_with_the_distance_and_stays_in_bounds():
    p = [ks_p_value(d, 1000, 500) for d in np.linspace(0, 1, 101)]
    assert p[0] == 1
    assert p[-1] < 1e-200
    assert all(a >= b for a, b in pairwise(p))


@pytest.mark.parametrize("n", [100, 1_000])
def test_on_still_continuous_data_five_per_cent_are_below_five_per_cent(n):
    rng = np.random.default_rng(6)
    below, trials = 0, 3000
    for _ in range(trials):
        both = np.argsort(rng.random(2_000 + n)) < 2_000
        distance = ks_distance(both.astype(float), (~both).astype(float))
        below += ks_p_value(distance, 2_000, n) < 0.05
    assert below / trials == pytest.approx(0.05, abs=0.012)
