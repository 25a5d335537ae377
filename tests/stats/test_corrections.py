"""Many tests at once, and several tests of one thing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model_monitoring_processor.stats.benjamini_hochberg import q_values
from model_monitoring_processor.stats.cauchy import combined_p

probabilities = st.floats(0, 1)


@given(st.lists(probabilities, min_size=1, max_size=50))
def test_q_values_are_scipys(p):
    assert q_values(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-12)


@given(st.lists(probabilities, min_size=1, max_size=50))
def test_a_q_value_lies_between_p_and_one_and_keeps_the_order(p):
    q = q_values(p)
    assert np.all(q >= np.array(p) - 1e-15)
    assert np.all(q <= 1)
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= -1e-15)


def test_no_tests_have_no_q_values():
    assert len(q_values([])) == 0


@given(probabilities)
def test_one_p_value_combines_to_itself(p):
    assert combined_p([p]) == pytest.approx(p, rel=1e-6, abs=1e-12)


@given(st.lists(st.floats(1e-300, 1), min_size=1, max_size=5))
def test_a_combination_lies_between_its_least_and_its_greatest(p):
    assert min(p) * (1 - 1e-6) <= combined_p(p) <= max(p) * (1 + 1e-6)


@pytest.mark.parametrize(("p", "expected"), [([1e-300, 0.5], 2e-300), ([1e-12, 1e-12], 1e-12), ([0.0, 0.5], 0.0)])
def test_the_tail_keeps_its_digits(p, expected):
    assert combined_p(p) == pytest.approx(expected, rel=1e-6)


def test_independent_uniform_p_values_combine_to_a_uniform_one():
    rng = np.random.default_rng(0)
    combined = [combined_p(row) for row in rng.random((4000, 2)).tolist()]
    assert stats.kstest(combined, "uniform").pvalue > 0.001
