"""How sure a verdict must be depends on how often one is given."""

from dataclasses import replace

import pytest

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.evaluate.figures import Figures
from model_monitoring_processor.evaluate.verdict import judge
from model_monitoring_processor.reference import build
from model_monitoring_processor.types import ColumnTest, EvaluationSettings, Window

FIGURES = Figures(effect=0.08, w2=0.03, psi=0.15, js=0.2, ks=0.08, p_value=1e-5)


@pytest.mark.parametrize(
    ("length", "p_value", "verdict"),
    [
        pytest.param(300, 0.9e-3 / 12, "drifted", id="five-minutes"),
        pytest.param(300, 1.1e-3 / 12, "exceeded", id="five-minutes-and-hardly-too-likely"),
        pytest.param(900, 0.9e-3 / 4, "drifted", id="a-quarter"),
        pytest.param(900, 1.1e-3 / 4, "exceeded", id="a-quarter-and-hardly-too-likely"),
        pytest.param(3600, 0.9e-3, "drifted", id="an-hour"),
        pytest.param(30 * 86_400, 0.9e-3, "drifted", id="a-month"),
        pytest.param(30 * 86_400, 1.1e-3, "exceeded", id="a-month-is-no-licence"),
    ],
)
def test_windows_below_an_hour_share_what_an_hour_may_err(length, p_value, verdict):
    window = Window("w", "w", 0, length)
    assert judge(FIGURES._replace(p_value=p_value), ColumnTest("ks_test", 0.05), 1, window).verdict == verdict


def test_the_length_of_a_window_reaches_its_verdict(run):
    """Six rows of a hundred moved, p = 3e-4: too likely for one of 2,016 windows a week."""
    colours = build({"colour": ["red"] * 5000 + ["green"] * 3000 + ["blue"] * 2000}, model="m")
    hour = run.window(colours, run.batch({"colour": ["red"] * 442 + ["green"] * 358 + ["blue"] * 200}))
    five_minutes = replace(hour, window=hour.window._replace(end=300))
    assert evaluate(hour, colours, EvaluationSettings()).verdict == "drifted"
    assert evaluate(five_minutes, colours, EvaluationSettings()).verdict == "exceeded"
