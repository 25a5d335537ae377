"""Still traffic: how often the verdict is wrong.

Twenty features of every shape, drawn anew for each window from the distributions that the reference was drawn from,
evaluated once an hour: at most one false alarm a week is promised. p < .05 taken literally would give a hundred.
The slice runs always; `soak` simulates a year for several references.
"""

import numpy as np
import pytest

from model_monitoring_processor.reference import build
from model_monitoring_processor.types import ColumnTest, EvaluationSettings

WEEK = 168
ROWS = 20_000


def draw(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Twenty independent features: continuous, heavy-tailed, integer, zero-inflated, heaped, categorical."""
    zipf = 1 / np.arange(1, 201)
    return {
        **{f"normal{i}": rng.normal(size=n) for i in range(4)},
        "t3": rng.standard_t(3, n),
        "lognormal": rng.lognormal(size=n),
        "uniform": rng.random(n),
        **{f"zeros{share}": np.where(rng.random(n) < share, 0, rng.exponential(size=n)) for share in (0.5, 0.8, 0.92)},
        "poisson": rng.poisson(2, n).astype(float),
        "die": rng.integers(1, 7, n).astype(float),
        "geometric": rng.geometric(0.3, n).astype(float),
        "rounded": np.round(rng.normal(size=n), 1),
        "heaped": np.where(rng.random(n) < 0.5, np.round(rng.normal(50, 10, n), -1), np.round(rng.normal(50, 10, n))),
        "missing": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
        "two": rng.choice(["a", "b"], n, p=[0.9, 0.1]),
        "five": rng.choice(list("abcde"), n, p=[0.4, 0.25, 0.2, 0.1, 0.05]),
        "two-hundred": rng.choice([f"c{i}" for i in range(200)], n),
        "zipf": rng.choice([f"c{i}" for i in range(200)], n, p=zipf / zipf.sum()),
    }


SETTINGS = {
    "default": EvaluationSettings(),
    "auto": EvaluationSettings(ColumnTest("auto", 0.05), ColumnTest("auto", 0.05)),
    "psi": EvaluationSettings(ColumnTest("psi", 0.1), ColumnTest("psi", 0.1)),
}


def alarms(run, seed: int, n: int, evaluations: int, settings: EvaluationSettings) -> tuple[int, int]:
    """False alarms, and columns over their threshold taken at its word."""
    rng = np.random.default_rng(seed)
    reference = build(draw(rng, ROWS), model="m")
    drifted = exceeded = 0
    for _ in range(evaluations):
        columns = run.judged(reference, draw(rng, n), settings=settings).columns
        drifted += sum(column.verdict == "drifted" for column in columns)
        exceeded += sum(column.verdict == "exceeded" for column in columns)
    return drifted, exceeded


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("n", "evaluations"), [(200, 600), (1_000, 400), (10_000, 60)])
def test_still_traffic_gives_less_than_one_false_alarm_a_week(run, name, n, evaluations):
    drifted, _ = alarms(run, seed=n, n=n, evaluations=evaluations, settings=SETTINGS[name])
    assert drifted <= max(1, evaluations / WEEK)


def test_the_threshold_at_its_word_would_give_many(run):
    drifted, exceeded = alarms(run, seed=1, n=1_000, evaluations=100, settings=SETTINGS["default"])
    assert exceeded > 40
    assert drifted == 0


@pytest.mark.soak
@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("n", [100, 200, 1_000, 10_000])
def test_a_year_of_still_traffic_gives_less_than_one_false_alarm_a_week(run, name, n):
    weeks = 52 if n < 10_000 else 8
    found = [alarms(run, seed, n, weeks * WEEK // 4, SETTINGS[name])[0] for seed in range(4)]
    assert sum(found) <= weeks
