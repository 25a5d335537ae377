"""What every distance between two samples of counts promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from model_monitoring_processor.stats.chi_squared import chi_squared
from model_monitoring_processor.stats.js import js_distance
from model_monitoring_processor.stats.ks import ks_distance
from model_monitoring_processor.stats.psi import FLOOR, psi
from model_monitoring_processor.stats.tvd import total_variation

DISTANCES = [ks_distance, psi, js_distance, total_variation, lambda r, c: chi_squared(r, c).statistic]
BOUNDED = [ks_distance, js_distance, total_variation]
UNORDERED = [psi, js_distance, total_variation, lambda r, c: chi_squared(r, c).statistic]
NAMES = ["ks", "psi", "js", "tvd", "chi2"]

samples = st.integers(1, 40).flatmap(
    lambda k: st.tuples(*[st.lists(st.integers(0, 1000), min_size=k, max_size=k).map(lambda v: np.array(v, float))] * 2)
)


@pytest.mark.parametrize("distance", DISTANCES, ids=NAMES)
@given(pair=samples)
def test_it_is_finite_and_not_negative(distance, pair):
    assert 0 <= distance(*pair) < np.inf


@pytest.mark.parametrize("distance", DISTANCES, ids=NAMES)
@given(pair=samples)
def test_it_is_symmetric(distance, pair):
    assert distance(*pair) == pytest.approx(distance(*pair[::-1]), abs=1e-12)


@pytest.mark.parametrize("distance", DISTANCES, ids=NAMES)
@given(pair=samples, factor=st.integers(1, 9))
def test_it_is_zero_between_multiples_of_the_same_counts(distance, pair, factor):
    assert distance(pair[0], factor * pair[0]) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("distance", DISTANCES, ids=NAMES)
def test_it_is_zero_when_a_sample_is_empty(distance):
    assert distance(np.array([1.0, 2.0]), np.zeros(2)) == 0
    assert distance(np.zeros(2), np.array([1.0, 2.0])) == 0


@pytest.mark.parametrize("distance", BOUNDED, ids=["ks", "js", "tvd"])
@given(pair=samples)
def test_it_is_at_most_one(distance, pair):
    assert distance(*pair) <= 1 + 1e-12


@pytest.mark.parametrize("distance", BOUNDED, ids=["ks", "js", "tvd"])
def test_it_is_one_between_samples_that_share_nothing(distance):
    assert distance(np.array([5.0, 0.0]), np.array([0.0, 7.0])) == pytest.approx(1)


@pytest.mark.parametrize("distance", UNORDERED, ids=NAMES[1:])
@given(pair=samples, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_cells_does_not_matter(distance, pair, seed):
    order = np.random.default_rng(seed).permutation(len(pair[0]))
    assert distance(*pair) == pytest.approx(distance(pair[0][order], pair[1][order]), abs=1e-9, rel=1e-9)


@given(pair=samples.filter(lambda pair: pair[0].sum() > 0 and pair[1].sum() > 0))
def test_the_jensen_shannon_distance_is_scipys(pair):
    assert js_distance(*pair) == pytest.approx(jensenshannon(*pair, base=2), abs=1e-7)


@given(pair=samples.filter(lambda pair: pair[0].sum() > 0 and pair[1].sum() > 0))
def test_psi_is_its_definition_with_floored_shares(pair):
    p, q = (np.maximum(counts / counts.sum(), FLOOR) for counts in pair)
    assert psi(*pair) == pytest.approx(sum((b - a) * np.log(b / a) for a, b in zip(p, q, strict=True)), abs=1e-12)


def test_psi_of_a_bin_that_empties_is_finite_and_follows_from_the_floor():
    assert psi(np.array([50.0, 50.0]), np.array([100.0, 0.0])) == pytest.approx(
        0.5 * np.log(2) + (FLOOR - 0.5) * np.log(FLOOR / 0.5)
    )


def test_psi_without_drift_is_the_noise_of_its_bins():
    """Its mean over still windows is (bins - 1) (1/m + 1/n)."""
    rng = np.random.default_rng(3)
    shares, m, n = np.full(10, 0.1), 20_000, 500
    drawn = [
        psi(rng.multinomial(m, shares).astype(float), rng.multinomial(n, shares).astype(float)) for _ in range(2000)
    ]
    assert np.mean(drawn) == pytest.approx(9 * (1 / m + 1 / n), rel=0.05)
