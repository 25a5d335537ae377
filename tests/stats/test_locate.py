"""Value to cell: the same answer as numpy's binary search, for any cuts and any values."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_monitoring_processor.stats.locate import grid_of, locate

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.floats(allow_nan=True, allow_infinity=True)
MISSING = 9_999


def located(values: np.ndarray, cuts: np.ndarray, first: int = 0) -> np.ndarray:
    out = np.full(len(values), -1, np.int32)
    locate(values, grid_of(cuts), first, MISSING, out)
    return out


def expected(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), MISSING, np.searchsorted(cuts, values, side="right"))


@given(st.lists(finite, max_size=60, unique=True), arrays(np.float64, st.integers(0, 50), elements=anything))
def test_it_agrees_with_a_binary_search_on_anything(cuts, values):
    cuts = np.array(sorted(cuts), float)
    with np.errstate(over="ignore"):
        values = np.concatenate([values, cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)])
    assert located(values, cuts).tolist() == expected(values, cuts).tolist()


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda rng, n: rng.normal(size=n), id="normal"),
        pytest.param(lambda rng, n: rng.lognormal(0, 5, n), id="lognormal"),
        pytest.param(lambda rng, n: rng.standard_cauchy(n), id="cauchy"),
        pytest.param(lambda rng, n: np.exp(rng.uniform(-700, 700, n)) * rng.choice([-1, 1], n), id="all-magnitudes"),
        pytest.param(lambda rng, n: rng.integers(-50, 50, n).astype(float), id="integers"),
        pytest.param(lambda rng, n: rng.integers(0, 2000, n) * 5e-324, id="denormal"),
        pytest.param(lambda rng, n: 1e15 + rng.integers(0, 400, n) / 8, id="crowded-far-from-zero"),
        pytest.param(lambda rng, n: rng.uniform(-1, 1, n) * 1.7e308, id="span-overflows"),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_it_agrees_with_a_binary_search_over_hard_distributions(draw, dtype):
    rng = np.random.default_rng(1)
    with np.errstate(over="ignore"):
        values = draw(rng, 20_000).astype(dtype)
    values = np.concatenate([values, np.array([np.inf, -np.inf, np.nan, 0.0, -0.0], dtype)])
    sample = np.unique(values[:600].astype(float))
    cuts = sample[np.isfinite(sample)]
    assert np.array_equal(located(values, cuts), expected(values.astype(float), cuts))


def test_infinities_go_to_the_outer_cells_and_nan_to_the_missing_one():
    values = np.array([-np.inf, 0.5, np.inf, np.nan])
    assert located(values, np.array([0.0, 1.0]), first=10).tolist() == [10, 11, 12, MISSING]


def test_a_value_on_a_cut_belongs_to_the_cell_above():
    assert located(np.array([1.0]), np.array([1.0])).tolist() == [1]


def test_cuts_that_coincide_are_all_counted():
    assert located(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])).tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(lambda a: a[::2], id="strided"),
        pytest.param(lambda a: np.frombuffer(b"x" + a.tobytes(), np.uint8)[1:].view(a.dtype), id="unaligned"),
        pytest.param(lambda a: np.frombuffer(a.tobytes(), a.dtype), id="read-only"),
    ],
)
def test_any_view_of_bytes_will_do(view):
    values = view(np.linspace(-1, 2, 100))
    cuts = np.array([0.0, 0.5, 1.0])
    assert np.array_equal(located(values, cuts), expected(values, cuts))


def test_the_kernels_are_plain_python_when_the_compiler_is_off():
    code = (
        "import numpy as np\n"
        "from model_monitoring_processor.stats.locate import grid_of, locate\n"
        "from model_monitoring_processor.stats.count import add_counts, add_weighted\n"
        "rng = np.random.default_rng(0)\n"
        "cuts = np.unique(rng.lognormal(0, 3, 200)); values = np.append(rng.lognormal(0, 3, 500), np.nan)\n"
        "out = np.empty(501, np.int32); locate(values, grid_of(cuts), 0, 201, out)\n"
        "want = np.where(np.isnan(values), 201, np.searchsorted(cuts, values, side='right'))\n"
        "assert np.array_equal(out, want)\n"
        "cells = np.zeros(202, np.int64); add_counts(out[None], 0, 501, cells)\n"
        "assert np.array_equal(cells, np.bincount(out, minlength=202))\n"
        "sums = np.zeros(202, np.int64); add_weighted(out[None], 0, 501, np.full(501, 3), sums)\n"
        "assert np.array_equal(sums, 3 * cells)\n"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)
