"""The verdict on one column: effect, significance, and a sentence that says why.

A column has drifted when the change is large enough to matter and too large for chance among all columns tested:
F p <= min(.001, alpha), with F the number of columns tested (Bonferroni), and the effect reaches its floor. For a
test (ks_test, chi_squared, auto) the threshold is alpha and the floor is D >= .05 or w2 >= .02; for a distance (psi,
js) the threshold is the floor of that distance and alpha is .05. Windows below an hour share the .001 of their hour.

A threshold taken at its word (p < .05, PSI > .1) is passed by chance some hundred times a week on still data: alone
it makes a column `exceeded`, not `drifted`.
"""

from typing import Literal, NamedTuple, TypeAlias

from model_monitoring_processor.evaluate.comparison import Comparison
from model_monitoring_processor.evaluate.figures import Figures
from model_monitoring_processor.types import ColumnTest, Verdict, Window

__all__ = ["LEAST_ROWS", "Judgement", "judge", "too_few", "untested"]

LEAST_ROWS = 100
"""With fewer the bins of a test are too empty: PSI passes .1 in most still windows of 50 rows."""
EFFECT_FLOOR = 0.05
"""Of D: the part of the rows that moved; about .14 standard deviations."""
W2_FLOOR = 0.02
ALPHA_NOW = 0.001
"""Of one evaluation an hour: .168 a week, over all columns of a model."""
ALPHA_OF_DISTANCES = 0.05
WARNING, CRITICAL = 0.10, 0.25
"""Of D, never of PSI: a category that vanishes blows PSI up."""

_HOUR = 3600
_LEAST_SHOWN = 1e-300

Severity: TypeAlias = Literal["", "info", "warning", "critical"]


class Judgement(NamedTuple):
    """A verdict, why, and how bad it is."""

    verdict: Verdict
    reason: str
    severity: Severity = ""


class _Effect(NamedTuple):
    """Whether the change is large enough, and the figures that say so."""

    present: bool
    text: str


def too_few(comparison: Comparison) -> str | None:
    """Say why a column cannot be tested for want of rows; None when it can."""
    if comparison.rows and comparison.n_current == 0:
        return f"no value in any of the window's {comparison.rows:,} rows"
    if comparison.effective < LEAST_ROWS:
        weighted = comparison.effective < comparison.n_current
        rows = f"{comparison.effective:,.0f} effective rows" if weighted else f"{comparison.n_current:,} rows"
        return f"{rows} with a value in the window, {LEAST_ROWS} are needed"
    if comparison.n_reference < LEAST_ROWS:
        return f"{comparison.n_reference:,} rows with a value in the reference, {LEAST_ROWS} are needed"
    return None


def untested(lacking: str | None, figures: Figures | None) -> Judgement:
    """Judge a column without a p-value.

    Pooling leaves one category where all others together are too rare for a test. That the rows moved is then seen
    and not tested: over the threshold at its word, and no more.

    Args:
        lacking: what `too_few` says.
        figures: of a column that has rows enough.
    """
    if lacking is not None or figures is None:
        return Judgement("insufficient_data", lacking or "")
    moved = figures.tvd or 0.0
    if moved == 0:
        return Judgement("ok", "one and the same category in every row, as in the reference")
    size, rare = f"total variation = {moved:.3f}", "fewer than two categories are common enough for a test"
    if moved >= EFFECT_FLOOR:
        return Judgement("exceeded", f"{size} (floor {EFFECT_FLOOR:g}), but it may be chance: {rare}")
    return Judgement("insufficient_data", f"{rare}; {size}")


def judge(figures: Figures, test: ColumnTest, tested: int, window: Window) -> Judgement:
    """Judge a column that was tested.

    Args:
        figures: its figures, with a p-value.
        test: method and threshold.
        tested: number of columns tested in this evaluation, F.
        window: that was evaluated; the shorter, the more evaluations a week.

    Raises:
        ValueError: there is no p-value to judge.
    """
    if figures.p_value is None:
        raise ValueError("a column without a p-value was not tested and has no verdict")
    alpha = ALPHA_OF_DISTANCES if test.method in {"psi", "js"} else test.threshold
    level = min(ALPHA_NOW, alpha, ALPHA_NOW * (window.end - window.start) / _HOUR)
    effect, adjusted = _effect(figures, test), min(1.0, tested * figures.p_value)
    significant = adjusted <= level
    chance = f"p {_shown(figures.p_value)}, over {tested} columns {_shown(adjusted)} (level {level:.2g})"
    if significant and effect.present:
        return Judgement("drifted", f"{effect.text}; {chance}", _severity(figures.effect))
    if _exceeds(figures, test):
        doubts = [] if effect.present else ["the change is too small"]
        doubts += [] if significant else ["it may be chance"]
        return Judgement("exceeded", f"over its threshold, but {' and '.join(doubts)}: {effect.text}; {chance}")
    return Judgement("ok", f"{effect.text}; p {_shown(figures.p_value)}")


def _shown(p_value: float) -> str:
    """A p-value that underflowed is small, not zero."""
    return f"= {p_value:.2g}" if p_value >= _LEAST_SHOWN else f"< {_LEAST_SHOWN:g}"


def _effect(figures: Figures, test: ColumnTest) -> _Effect:
    name = "KS D" if figures.ks is not None else "total variation"
    size = f"{name} = {figures.effect:.3f}"
    if test.method in {"psi", "js"}:
        distance = figures.psi if test.method == "psi" else figures.js
        text = f"{test.method.upper()} = {distance:.3f} (threshold {test.threshold:g}), {size}"
        return _Effect(distance >= test.threshold, text)
    text = f"{size} (floor {EFFECT_FLOOR:g}), w2 = {figures.w2:.3f} (floor {W2_FLOOR:g})"
    return _Effect(figures.effect >= EFFECT_FLOOR or figures.w2 >= W2_FLOOR, text)


def _exceeds(figures: Figures, test: ColumnTest) -> bool:
    """The threshold at its word."""
    if test.method == "psi":
        return figures.psi > test.threshold
    if test.method == "js":
        return figures.js > test.threshold
    return figures.p_value is not None and figures.p_value < test.threshold


def _severity(effect: float) -> Severity:
    if effect >= CRITICAL:
        return "critical"
    return "warning" if effect >= WARNING else "info"
