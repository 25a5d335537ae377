"""Kernels are compiled wherever they run."""

import numba
import pytest

from model_monitoring_processor.stats.jit import jit


def add(a: int, b: int) -> int:
    return a + b


def test_a_kernel_gives_what_the_function_gives():
    assert jit(add)(2, 3) == add(2, 3)


def test_a_kernel_that_cannot_be_cached_is_compiled_all_the_same():
    """A function without a file is to numba what one in a read-only folder without a home is."""
    scope: dict = {}
    exec("def times(a, b):\n    return a * b", scope)
    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.njit(cache=True)(scope["times"])
    assert jit(scope["times"])(2, 3) == 6
