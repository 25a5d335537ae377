"""Where a numeric reference is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model_monitoring_processor.reference.cuts import BINS, FINE, cuts_of
from model_monitoring_processor.stats.ks import ks_distance

DRAWS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "cauchy": lambda rng, n: rng.standard_cauchy(n),
    "integers": lambda rng, n: rng.poisson(3, n).astype(float),
    "heaped": lambda rng, n: np.where(rng.random(n) < 0.5, np.round(rng.normal(50, 20, n), -1), rng.normal(50, 20, n)),
    "zero-inflated": lambda rng, n: np.where(rng.random(n) < 0.92, 0.0, rng.exponential(size=n)),
    "constant": lambda rng, n: np.full(n, 7.0),
    "two-values": lambda rng, n: rng.choice([0.0, 1.0], n),
    "few-rows": lambda rng, n: rng.normal(size=30),
}
values_of = arrays(np.float64, st.integers(1, 400), elements=st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, 0.1]))


@pytest.fixture(params=DRAWS, ids=str)
def values(request) -> np.ndarray:
    return DRAWS[request.param](np.random.default_rng(4), 20_000)


def counts(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(cuts, values, side="right"), minlength=len(cuts) + 1)


def assert_fine(values: np.ndarray) -> None:
    cuts = cuts_of(values).cuts
    places = np.searchsorted(cuts, values, side="right")
    for cell in np.flatnonzero(counts(values, cuts) > len(values) / FINE):
        assert len(np.unique(values[places == cell])) == 1
        assert cuts[cell] == np.nextafter(cuts[cell - 1], np.inf)


def test_only_a_value_of_its_own_fills_more_than_a_256th(values):
    assert_fine(values)


@settings(deadline=None)
@given(values_of)
def test_only_a_value_of_its_own_fills_more_than_a_256th_of_anything(values):
    assert_fine(values)
    cuts = cuts_of(values).cuts
    assert np.all(np.diff(cuts) > 0)
    assert len(cuts) <= 1100


def test_nothing_of_the_reference_lies_in_the_outer_cells(values):
    inside = counts(values, cuts_of(values).cuts)
    assert inside[0] == inside[-1] == 0


@settings(deadline=None)
@given(values_of, values_of)
def test_ks_from_the_cells_is_at_most_a_256th_below_the_exact_one(reference, current):
    cuts = cuts_of(reference).cuts
    ours = ks_distance(counts(reference, cuts).astype(float), counts(current, cuts).astype(float))
    exact = stats.ks_2samp(reference, current, method="exact").statistic
    assert exact - 1 / FINE - 1e-12 <= ours <= exact + 1e-12


def test_psi_bins_are_the_ten_quantile_bins_of_numpy_exactly():
    values = np.random.default_rng(0).normal(size=5001)
    chosen = cuts_of(values)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, 11)))[1:-1]
    assert np.array_equal(chosen.cuts[chosen.quantile_cuts], edges)


@pytest.mark.parametrize("name", ["zero-inflated", "constant", "two-values"])
def test_psi_takes_the_mass_point_bins_where_the_quantiles_collapse(name):
    chosen = cuts_of(DRAWS[name](np.random.default_rng(4), 20_000))
    assert np.array_equal(chosen.quantile_cuts, chosen.mass_cuts)


def test_a_frequent_value_has_a_bin_of_its_own_and_the_rest_bins_of_a_tenth(values):
    chosen = cuts_of(values)
    edges = chosen.cuts[chosen.mass_cuts]
    places = np.searchsorted(edges, values, side="right")
    for place, size in enumerate(np.bincount(places, minlength=len(edges) + 1)):
        if size > 1.6 * len(values) / BINS:
            assert len(np.unique(values[places == place])) == 1
    distinct, number = np.unique(values, return_counts=True)
    for value in distinct[number >= len(values) / (2 * BINS)]:
        assert value in edges
        assert np.nextafter(value, np.inf) in edges


def test_no_values_have_no_cuts():
    assert [len(part) for part in cuts_of(np.zeros(0))] == [0, 0, 0, 0]


@pytest.mark.parametrize("extreme", [1.7976931348623157e308, -1.7976931348623157e308, 5e-324])
def test_the_ends_of_the_number_line_do_no_harm(extreme):
    chosen = cuts_of(np.append(np.random.default_rng(0).normal(size=500), extreme))
    assert np.isfinite(chosen.cuts).all()
