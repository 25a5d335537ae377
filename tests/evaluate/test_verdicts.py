"""When a column is ok, over its threshold, drifted, or cannot be judged; and what it says."""

import numpy as np
import pytest

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.evaluate.figures import Figures
from model_monitoring_processor.evaluate.verdict import judge
from model_monitoring_processor.reference import build
from model_monitoring_processor.types import ColumnTest, EvaluationSettings, Window
from model_monitoring_processor.windows import add_predictions, view_of
from model_monitoring_processor.windows.pane import Pane

RNG = np.random.default_rng(0)
N = 10_000
NORMAL, COLOURS = RNG.normal(size=N), RNG.choice(["red", "green", "blue"], N, p=[0.5, 0.3, 0.2])


@pytest.fixture(scope="module")
def reference():
    return build({"x": NORMAL, "colour": COLOURS, "p": RNG.random(N)}, model="m", outputs={"p": "score"})


def still(n: int, seed: int = 1) -> dict:
    rng = np.random.default_rng(seed)
    return {"x": rng.normal(size=n), "colour": rng.choice(["red", "green", "blue"], n, p=[0.5, 0.3, 0.2])}


def result(snapshot, name):
    return next(column for column in snapshot.columns if column.name == name)


def test_still_traffic_is_ok_and_says_how_far_it_is_from_drifting(run, reference):
    snapshot = run.judged(reference, still(1000), {"score": RNG.random(1000)})
    assert [column.verdict for column in snapshot.columns] == ["ok"] * 3
    assert snapshot.verdict == "ok"
    assert "KS D = 0.0" in result(snapshot, "x").reason
    assert "(floor 0.05)" in result(snapshot, "x").reason
    assert "total variation" in result(snapshot, "colour").reason
    assert result(snapshot, "x").severity == ""


def test_a_quarter_of_a_standard_deviation_is_found_in_one_window_of_a_thousand(run, reference):
    moved = still(1000) | {"x": np.random.default_rng(2).normal(0.25, 1, 1000)}
    snapshot = run.judged(reference, moved)
    assert result(snapshot, "x").verdict == "drifted"
    assert result(snapshot, "colour").verdict == "ok"
    assert "KS D" in result(snapshot, "x").reason


@pytest.mark.parametrize(("shift", "severity"), [(0.2, "info"), (0.5, "warning"), (2.0, "critical")])
def test_severity_follows_the_part_of_the_rows_that_moved(run, reference, shift, severity):
    moved = still(5000) | {"x": np.random.default_rng(2).normal(shift, 1, 5000)}
    assert result(run.judged(reference, moved), "x").severity == severity


def test_significance_alone_is_exceeded_and_not_drifted(run, reference):
    moved = still(50_000) | {"x": np.random.default_rng(2).normal(0.05, 1, 50_000)}
    column = result(run.judged(reference, moved), "x")
    assert column.p_value < 1e-4
    assert column.verdict == "exceeded"
    assert "the change is too small" in column.reason


def test_effect_alone_is_exceeded_and_not_drifted(run, reference):
    moved = still(150) | {"x": np.random.default_rng(2).normal(0.25, 1, 150)}
    column = result(run.judged(reference, moved), "x")
    assert column.effect > 0.05
    assert column.verdict == "exceeded"
    assert "it may be chance" in column.reason


def test_categories_that_move_are_found_and_unseen_ones_with_them(run, reference):
    moved = still(1000) | {"colour": ["red"] * 400 + ["green"] * 300 + ["blue"] * 150 + ["pink"] * 150}
    column = result(run.judged(reference, moved), "colour")
    assert column.verdict == "drifted"
    assert column.tvd == pytest.approx(0.15, abs=0.02)
    assert column.ks is None


def test_outputs_are_judged_by_their_own_method_under_their_own_name(run, reference):
    snapshot = run.judged(reference, still(1000), {"score": RNG.random(1000) ** 2})
    column = result(snapshot, "prediction.score")
    assert (column.role, column.method, column.threshold) == ("output", "psi", 0.1)
    assert column.verdict == "drifted"
    assert column.reason.startswith("PSI = 0.")


@pytest.mark.parametrize("n", [1, 99])
def test_under_a_hundred_rows_there_is_no_verdict(run, reference, n):
    snapshot = run.judged(reference, {"x": np.full(n, 1e6), "colour": ["pink"] * n})
    assert {column.verdict for column in snapshot.columns} == {"insufficient_data"}
    assert snapshot.verdict == "insufficient_data"
    assert "100 are needed" in result(snapshot, "x").reason
    assert result(snapshot, "x").p_value is None


def test_rows_are_counted_without_the_missing_ones(run, reference):
    rows = still(1000)
    rows["x"][:950] = np.nan
    column = result(run.judged(reference, rows), "x")
    assert (column.verdict, column.n_current, column.missing_ratio) == ("insufficient_data", 50, 0.95)


def test_a_column_that_is_not_there_says_that_every_row_is_missing(run, reference):
    column = result(run.judged(reference, {"x": NORMAL[:500]}), "colour")
    assert (column.verdict, column.missing_ratio) == ("insufficient_data", 1.0)
    assert column.reason == "no value in any of the window's 500 rows"


def test_a_reference_of_few_rows_gives_no_verdict(run):
    small = build({"x": np.arange(60.0)}, model="m")
    column = result(run.judged(small, {"x": np.arange(500.0)}), "x")
    assert column.verdict == "insufficient_data"
    assert "60 rows with a value in the reference" in column.reason


def test_without_a_reference_there_are_no_columns_and_the_verdict_says_so(run):
    snapshot = run.judged(None, still(500))
    assert snapshot.columns == ()
    assert snapshot.verdict == "no_reference"
    assert snapshot.provenance.rows_received == 500
    assert snapshot.provenance.rows_used == 0


def test_one_category_that_stays_the_only_one_is_ok(run):
    constant = build({"k": ["a"] * 500}, model="m")
    assert result(run.judged(constant, {"k": ["a"] * 500}), "k").verdict == "ok"


@pytest.mark.parametrize(("before", "now"), [(5000, 200), (100_000, 1000)])
def test_one_category_replaced_by_an_unseen_one_is_over_the_threshold_although_it_cannot_be_tested(run, before, now):
    constant = build({"country": ["DE"] * before}, model="m")
    column = result(run.judged(constant, {"country": ["XX"] * now}), "country")
    assert (column.verdict, column.tvd, column.p_value) == ("exceeded", 1.0, None)
    assert column.reason == (
        "total variation = 1.000 (floor 0.05), but it may be chance: "
        "fewer than two categories are common enough for a test"
    )


def test_a_few_rows_of_another_category_are_too_few_for_a_verdict(run):
    constant = build({"country": ["DE"] * 5000}, model="m")
    column = result(run.judged(constant, {"country": ["DE"] * 196 + ["XX"] * 4}), "country")
    assert (column.verdict, column.tvd) == ("insufficient_data", pytest.approx(0.02))


def test_only_rare_categories_give_no_verdict(run):
    rare = build({"k": [f"c{i % 4000}" for i in range(8000)]}, model="m")
    column = result(run.judged(rare, {"k": [f"n{i % 60}" for i in range(120)]}), "k")
    assert column.verdict in {"drifted", "insufficient_data"}


def test_a_constant_number_that_stays_is_ok_and_one_that_moves_is_critical(run):
    constant = build({"x": np.full(5000, 7.0)}, model="m")
    assert result(run.judged(constant, {"x": np.full(500, 7.0)}), "x").verdict == "ok"
    moved = result(run.judged(constant, {"x": np.full(500, 7.5)}), "x")
    assert (moved.verdict, moved.severity, moved.psi > 1) == ("drifted", "critical", True)


def test_zeros_that_become_fewer_are_found_where_quantile_bins_collapse(run):
    rng = np.random.default_rng(0)
    zeros = build({"x": np.where(rng.random(20_000) < 0.92, 0, rng.exponential(size=20_000))}, model="m")
    now = np.where(rng.random(1000) < 0.80, 0, rng.exponential(size=1000))
    column = result(run.judged(zeros, {"x": now}), "x")
    assert column.verdict == "drifted"
    assert column.psi > 0.05


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda rng: rng.normal(size=N), id="continuous"),
        pytest.param(lambda rng: rng.integers(0, 40, N) * 0.1, id="multiples-of-a-tenth"),
        pytest.param(lambda rng: np.round(rng.lognormal(3, 1, N), 1), id="heaped"),
        pytest.param(lambda rng: rng.poisson(5, N).astype(float), id="integers"),
    ],
)
def test_the_same_values_in_another_precision_raise_nothing(run, draw, dtype):
    values = draw(np.random.default_rng(3))
    own = build({"x": values}, model="m")
    column = result(run.judged(own, {"x": values.astype(dtype)}), "x")
    assert column.verdict == "ok"
    assert column.ks < 0.0005
    assert column.p_value == pytest.approx(1)


@pytest.mark.parametrize("method", ["auto", "ks_test", "chi_squared", "psi", "js"])
@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "ok"), (0.5, "drifted")])
def test_every_method_finds_half_a_standard_deviation_and_leaves_still_data_alone(
    run, reference, method, shift, verdict
):
    settings = EvaluationSettings(numerical=ColumnTest(method, 0.1 if method in {"psi", "js"} else 0.05))
    rows = still(2000) | {"x": np.random.default_rng(12).normal(shift, 1, 2000)}
    column = result(run.judged(reference, rows, settings=settings), "x")
    assert (column.verdict, column.method) == (verdict, method)


@pytest.mark.parametrize("method", ["auto", "chi_squared", "psi", "js"])
def test_categories_can_be_judged_by_every_method(run, reference, method):
    settings = EvaluationSettings(categorical=ColumnTest(method, 0.05))
    rows = still(2000) | {"colour": ["red"] * 1500 + ["green"] * 300 + ["blue"] * 200}
    assert result(run.judged(reference, rows, settings=settings), "colour").verdict == "drifted"


def test_categories_have_no_order_so_a_ks_test_of_them_is_chi_squared(run, reference):
    settings = EvaluationSettings(categorical=ColumnTest("ks_test", 0.05))
    assert result(run.judged(reference, still(500), settings=settings), "colour").method == "chi_squared"


HOUR = Window("w", "1h", 0, 3600)
FIGURES = Figures(effect=0.08, w2=0.03, psi=0.15, js=0.2, ks=0.08, p_value=1e-5)


@pytest.mark.parametrize(
    ("test", "changes", "tested", "verdict"),
    [
        (ColumnTest("ks_test", 0.05), {}, 20, "drifted"),
        (ColumnTest("ks_test", 0.05), {"p_value": 1e-4}, 20, "exceeded"),
        (ColumnTest("ks_test", 0.05), {"p_value": 1e-4}, 5, "drifted"),
        (ColumnTest("ks_test", 0.05), {"effect": 0.04}, 20, "drifted"),
        (ColumnTest("ks_test", 0.05), {"effect": 0.04, "w2": 0.01}, 20, "exceeded"),
        (ColumnTest("ks_test", 0.05), {"p_value": 0.06}, 20, "ok"),
        (ColumnTest("ks_test", 1e-6), {}, 1, "ok"),
        (ColumnTest("psi", 0.1), {}, 20, "drifted"),
        (ColumnTest("psi", 0.2), {}, 20, "ok"),
        (ColumnTest("psi", 0.1), {"p_value": 0.01}, 20, "exceeded"),
        (ColumnTest("psi", 0.1), {"effect": 0.01, "w2": 0.0}, 20, "drifted"),
        (ColumnTest("js", 0.1), {}, 20, "drifted"),
        (ColumnTest("js", 0.3), {}, 20, "ok"),
    ],
)
def test_the_rule(test, changes, tested, verdict):
    assert judge(FIGURES._replace(**changes), test, tested, HOUR).verdict == verdict


def test_a_p_value_that_underflowed_is_shown_as_small_and_not_as_zero():
    said = judge(FIGURES._replace(p_value=0.0), ColumnTest("ks_test", 0.05), 20, HOUR).reason
    assert "p < 1e-300, over 20 columns < 1e-300 (level 0.001)" in said


def test_a_column_without_a_p_value_has_no_verdict():
    with pytest.raises(ValueError, match="was not tested"):
        judge(FIGURES._replace(p_value=None), ColumnTest("auto", 0.05), 1, HOUR)


def test_q_values_are_corrected_over_the_columns_that_were_tested(run, reference):
    snapshot = run.judged(reference, still(1000))  # the score is missing: two tests
    p = sorted(column.p_value for column in snapshot.columns if column.p_value is not None)
    q = sorted(column.q_value for column in snapshot.columns if column.q_value is not None)
    assert len(p) == 2
    assert q == pytest.approx([min(2 * p[0], p[1]), p[1]])


def test_equal_weights_change_no_verdict_and_no_figure_but_what_they_represent(run, reference):
    rows = still(1000) | {"x": np.random.default_rng(2).normal(0.2, 1, 1000)}
    plain, weighted = run.judged(reference, rows), run.judged(reference, rows, weights=np.full(1000, 20.0))
    for mine, theirs in zip(plain.columns, weighted.columns, strict=True):
        assert (mine.verdict, mine.n_current) == (theirs.verdict, theirs.n_current)
        assert mine.p_value == pytest.approx(theirs.p_value)
        assert mine.ks == pytest.approx(theirs.ks)
    assert weighted.provenance.rows_received == 1000
    assert weighted.provenance.rows_represented == 20_000


def test_weights_undo_a_biased_sample(run, reference):
    """Every row above zero was kept with chance 1/4 and stands for four."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=40_000)
    kept = (x < 0) | (rng.random(40_000) < 0.25)
    x = x[kept]
    assert result(run.judged(reference, {"x": x}), "x").verdict == "drifted"
    weighted = result(run.judged(reference, {"x": x}, weights=np.where(x < 0, 1.0, 4.0)), "x")
    assert weighted.verdict != "drifted"
    assert weighted.ks < 0.02


def test_uneven_weights_count_for_fewer_rows(run, reference):
    """One heavy row among a thousand carries the information of a few: 100 are not there."""
    weights = np.ones(1000)
    weights[0] = 1000
    column = result(run.judged(reference, still(1000), weights=weights), "x")
    assert (column.verdict, column.n_current) == ("insufficient_data", 1000)
    assert "4 effective rows" in column.reason


def test_rows_counted_under_another_reference_are_a_gap_that_is_told(run, reference):
    older = build({"x": NORMAL[:5000]}, model="m")
    panes: dict = {}
    for used, rows in ((older, 300), (reference, 700), (None, 50)):
        add_predictions(run.batch(still(rows)), used, 300, lambda key: panes.setdefault(key, Pane(key, 300)))
    view = view_of(run.window(None, run.batch(still(1))).window, panes.values())
    snapshot = evaluate(view, reference, EvaluationSettings(), ())
    assert (snapshot.provenance.rows_received, snapshot.provenance.rows_used) == (1050, 700)
    assert snapshot.provenance.gaps == (
        "350 of 1,050 rows were counted under another reference, or none: not compared",
    )


def test_an_evaluation_is_pure(run, reference):
    rows = still(500)
    assert run.judged(reference, rows) == run.judged(reference, rows)
