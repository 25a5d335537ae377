"""A reference in float64 against traffic in float32, and the other way round: the same values, the same cells."""

import numpy as np
import pytest

from model_monitoring_processor.reference import build
from model_monitoring_processor.stats.locate import locate

DRAWS = {
    "continuous": lambda rng: rng.normal(size=20_000),
    "heaped": lambda rng: np.where(rng.random(20_000) < 0.5, 0.1, np.round(rng.normal(size=20_000), 1)),
    "integers": lambda rng: rng.poisson(300, 20_000).astype(float),
    "multiples-of-a-tenth": lambda rng: rng.integers(-500, 500, 20_000) * 0.1,
    "prices": lambda rng: np.round(rng.lognormal(3, 1, 20_000), 2),
    "large": lambda rng: rng.integers(0, 10**9, 20_000) * 7.0,
    "zero-inflated": lambda rng: np.where(rng.random(20_000) < 0.9, 0.0, rng.random(20_000)),
}


def counts(reference, values):
    column = reference.columns[0]
    out = np.empty(len(values), np.int32)
    grid = column.grid_f4 if values.dtype == np.float32 or column.precision == "f4" else column.grid
    locate(values, grid, 0, column.missing, out)
    return np.bincount(out, minlength=column.cells)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_float32_traffic_of_the_same_values_lands_where_the_reference_put_them(draw):
    values = draw(np.random.default_rng(1))
    reference = build({"x": values}, model="m")
    moved = np.abs(counts(reference, values.astype(np.float32)) - reference.counts).sum() / 2
    assert moved <= 2


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_float32_reference_takes_float64_traffic_at_its_own_precision(draw):
    values = draw(np.random.default_rng(1))
    reference = build({"x": values.astype(np.float32)}, model="m")
    assert reference.columns[0].precision == "f4"
    assert np.array_equal(counts(reference, values.astype(np.float32)), reference.counts)
    assert np.array_equal(counts(reference, values.astype(np.float32).astype(np.float64)), reference.counts)


def test_naive_rounding_of_the_cuts_would_move_most_of_a_heaped_column():
    """What this guards against: a value's upper cut, the next float64, rounds back onto the value."""
    values = DRAWS["heaped"](np.random.default_rng(1))
    column = build({"x": values}, model="m").columns[0]
    naive = np.searchsorted(column.cuts.astype(np.float32), values.astype(np.float32), side="right")
    right = np.searchsorted(column.cuts, values, side="right")
    assert np.mean(naive != right) > 0.1


def test_cuts_beyond_float32_stay_finite():
    column = build({"x": np.array([-1e300, 0.0, 1e300] * 50)}, model="m").columns[0]
    assert np.isfinite(column.cuts_f4).all()
    assert np.all(np.diff(column.cuts_f4) >= 0)
