"""Chi-squared of homogeneity, and the pooling that keeps its size."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from model_monitoring_processor.stats.chi_squared import chi_squared, squared_effect
from model_monitoring_processor.stats.pooling import LEAST_EXPECTED, pool

tables = st.integers(2, 60).flatmap(
    lambda k: st.tuples(*[st.lists(st.integers(0, 300), min_size=k, max_size=k).map(lambda v: np.array(v, float))] * 2)
)


@given(tables)
def test_it_is_scipys_without_yates(table):
    reference, current = table
    seen = reference + current > 0
    assume(seen.sum() > 1 and reference.sum() > 0 and current.sum() > 0)
    ours = chi_squared(reference, current)
    theirs = stats.chi2_contingency(np.vstack([reference[seen], current[seen]]), correction=False)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert ours.dof == theirs.dof
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-6)


@pytest.mark.parametrize(
    ("current", "statistic", "p"),
    [([350, 330, 300, 20], 67.89916, 1.2023e-14), ([350, 330, 320, 0], 55.59147, 8.4814e-13)],
)
def test_golden_values(current, statistic, p):
    test = chi_squared(np.array([500.0, 300, 200, 0]), np.array(current, float))
    assert test.statistic == pytest.approx(statistic, rel=1e-6)
    assert test.p_value == pytest.approx(p, rel=1e-4)


@pytest.mark.parametrize("counts", [([5.0], [9.0]), ([5.0, 0.0], [9.0, 0.0]), ([0.0, 0.0], [1.0, 2.0])])
def test_fewer_than_two_categories_or_an_empty_sample_give_no_test(counts):
    assert chi_squared(np.array(counts[0]), np.array(counts[1])) == (0.0, 0, 1.0)


def test_the_squared_effect_is_free_of_noise_and_does_not_grow_with_the_sample():
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    sizes = [squared_effect(chi_squared(n * p, n * q), n, n) for n in (1_000, 100_000)]
    assert sizes[0] == pytest.approx(sizes[1], abs=0.005)
    assert squared_effect(chi_squared(1000 * p, 1000 * p), 1000, 1000) == 0
    assert squared_effect(chi_squared(p, 0 * p), 1, 0) == 0


@given(tables)
def test_pooling_keeps_every_row(table):
    pooled = pool(*table)
    assert len(pooled[0]) == len(pooled[1])
    assert pooled[0].sum() == pytest.approx(table[0].sum())
    assert pooled[1].sum() == pytest.approx(table[1].sum())


@given(tables)
def test_after_pooling_every_cell_expects_enough_unless_one_is_left(table):
    reference, current = pool(*table)
    assume(len(reference) > 1)
    m, n = reference.sum(), current.sum()
    assert ((reference + current) * min(m, n) / (m + n)).min() >= LEAST_EXPECTED - 1e-9


def test_common_categories_stay_as_they_are():
    reference, current = np.array([500.0, 300, 200]), np.array([350.0, 330, 320])
    pooled = pool(reference, current)
    assert np.array_equal(pooled[0], reference)
    assert np.array_equal(pooled[1], current)


def test_many_rare_categories_become_several_cells_so_that_the_test_is_not_blind():
    """Two hundred equal categories and 200 rows: one cell for all of them could never drift."""
    reference, _ = pool(np.full(200, 100.0), np.ones(200))
    assert len(reference) == 10


def test_a_category_of_one_sample_alone_is_pooled_by_the_margin_too():
    pooled = pool(np.array([500.0, 500, 0]), np.array([400.0, 398, 2]))
    assert len(pooled[0]) == 2


@pytest.mark.parametrize("categories", [5, 200, 1000])
@pytest.mark.parametrize("n", [200, 2_000])
def test_on_still_data_five_per_cent_are_below_five_per_cent(categories, n):
    rng = np.random.default_rng(7)
    shares = 1 / np.arange(1, categories + 1)
    shares /= shares.sum()
    p = [
        chi_squared(
            *pool(rng.multinomial(5_000, shares).astype(float), rng.multinomial(n, shares).astype(float))
        ).p_value
        for _ in range(2000)
    ]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.013)
