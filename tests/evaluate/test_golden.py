"""Golden values on inputs that anyone can rebuild with numpy; the answers are scipy's."""

import numpy as np
import pytest

from model_monitoring_processor.reference import build


@pytest.mark.parametrize(
    ("reference", "current", "ks", "p", "psi"),
    [
        pytest.param(np.arange(1000) / 1000, np.arange(1000) / 1000 + 0.1, 0.101, 6.81309e-05, 0.75940, id="A"),
        pytest.param(np.arange(2000) / 2000, np.sqrt(np.arange(500) / 500), 0.25, 1.63276e-22, 0.46193, id="B"),
    ],
)
def test_numbers(run, reference, current, ks, p, psi):
    (column,) = run.judged(build({"x": reference}, model="m"), {"x": current}).columns
    assert ks - 1 / 256 <= column.ks <= ks + 1e-12
    assert np.log(column.p_value) == pytest.approx(np.log(p), rel=0.1)
    assert column.psi == pytest.approx(psi, abs=5e-6)


@pytest.mark.parametrize(
    ("current", "statistic", "js"),
    [
        pytest.param({"a": 350, "b": 330, "c": 300, "d": 20}, 67.89916, 0.16545459, id="C"),
        pytest.param({"a": 350, "b": 330, "c": 320}, 55.59147, 0.14209628, id="D"),
    ],
)
def test_categories(run, current, statistic, js):
    reference = build({"k": ["a"] * 500 + ["b"] * 300 + ["c"] * 200}, model="m")
    (column,) = run.judged(reference, {"k": np.repeat(list(current), list(current.values()))}).columns
    assert column.chi_squared == pytest.approx(statistic, abs=5e-6)
    assert column.js == pytest.approx(js, abs=5e-9)
    assert column.verdict == "drifted"
