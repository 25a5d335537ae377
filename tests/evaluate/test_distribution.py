"""What the page draws of a column."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_monitoring_processor.evaluate import distribution
from model_monitoring_processor.reference import build

RNG = np.random.default_rng(0)


@settings(deadline=None)
@given(
    reference=arrays(
        np.float64, st.integers(1, 300), elements=st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, np.inf])
    ),
    current=arrays(np.float64, st.integers(1, 300), elements=st.floats(allow_nan=False)),
    cells=st.integers(3, 30),
)
def test_shares_of_numbers_add_up_in_at_most_so_many_ordered_cells(run, reference, current, cells):
    frozen = build({"x": reference}, model="m")
    shown = distribution(run.window(frozen, run.batch({"x": current})), frozen, "feature", "x", cells)
    assert 1 <= len(shown.cells) <= cells
    assert sum(cell.reference for cell in shown.cells) == pytest.approx(1)
    assert sum(cell.current for cell in shown.cells) == pytest.approx(1)
    lows = [cell.low for cell in shown.cells if cell.low is not None]
    assert lows == sorted(lows)
    assert all(cell.low <= cell.high for cell in shown.cells if None not in (cell.low, cell.high))


def test_cells_of_continuous_numbers_are_about_equally_wide(run):
    frozen = build({"x": RNG.normal(size=20_000)}, model="m")
    shown = distribution(run.window(frozen, run.batch({"x": RNG.normal(size=500)})), frozen, "feature", "x")
    widths = [cell.high - cell.low for cell in shown.cells[1:-1]]
    assert 15 <= len(shown.cells) <= 30
    assert max(widths) < 2.5 * np.median(widths)
    assert shown.cells[0].low is None
    assert shown.cells[-1].high is None


def test_a_frequent_value_keeps_its_own_cell(run):
    values = np.where(RNG.random(5000) < 0.9, 0.0, RNG.exponential(size=5000))
    frozen = build({"x": values}, model="m")
    shown = distribution(run.window(frozen, run.batch({"x": values[:500]})), frozen, "feature", "x")
    zero = next(cell for cell in shown.cells if cell.low == 0)
    assert zero.high == 0
    assert zero.reference == pytest.approx(0.9, abs=0.02)


def test_categories_are_the_twenty_most_frequent_then_the_rest(run):
    frozen = build({"k": [f"c{i:02d}" for i in range(30) for _ in range(60 - i)]}, model="m")
    rows = ["c00"] * 50 + ["new"] * 30 + [None] * 20
    shown = distribution(run.window(frozen, run.batch({"k": np.array(rows, object)})), frozen, "feature", "k")
    labels = [cell.label for cell in shown.cells]
    assert labels == [*(f"c{i:02d}" for i in range(20)), "other categories", "unseen categories"]
    assert shown.cells[-1].current == pytest.approx(3 / 8)
    assert (shown.current_missing, shown.current_unseen) == (0.2, 0.3)
    assert sum(cell.reference for cell in shown.cells) == pytest.approx(1)


def test_missing_and_invalid_values_are_ratios_of_all_rows(run):
    frozen = build({"x": [1.0, np.nan] * 100}, model="m")
    rows = np.array(["1", "x", None, "1"] * 10, object)
    shown = distribution(run.window(frozen, run.batch({"x": rows})), frozen, "feature", "x")
    assert (shown.reference_missing, shown.current_missing, shown.current_invalid) == (0.5, 0.25, 0.25)


def test_weights_count(run):
    frozen = build({"k": ["a", "b"] * 100}, model="m")
    view = run.window(frozen, run.batch({"k": ["a", "b"]}, weights=np.array([3.0, 1.0])))
    assert [cell.current for cell in distribution(view, frozen, "feature", "k").cells] == [0.75, 0.25]


def test_a_column_that_the_reference_lacks_has_no_distribution(run):
    frozen = build({"x": [1.0] * 50}, model="m")
    assert distribution(run.window(frozen, run.batch({"x": [1.0]})), frozen, "feature", "y") is None


def test_an_output_is_asked_for_by_its_plain_name(run):
    frozen = build({"score": np.linspace(0, 1, 500)}, model="m", outputs=["score"])
    view = run.window(frozen, run.batch({"x": [1.0]}, {"score": [0.5]}))
    assert distribution(view, frozen, "output", "score").name == "prediction.score"
