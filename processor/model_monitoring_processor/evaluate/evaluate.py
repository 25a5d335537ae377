"""One evaluation: a window against the reference, column by column."""

from collections.abc import Sequence

from model_monitoring_processor.evaluate.comparison import Comparison, compare
from model_monitoring_processor.evaluate.figures import Figures, figures_of
from model_monitoring_processor.evaluate.performance import performance_of
from model_monitoring_processor.evaluate.provenance import provenance_of
from model_monitoring_processor.evaluate.verdict import Judgement, judge, too_few, untested
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.stats.benjamini_hochberg import q_values
from model_monitoring_processor.types import ColumnResult, ColumnTest, EvaluationSettings, Snapshot, Window
from model_monitoring_processor.windows.view import WindowView

__all__ = ["evaluate"]


def evaluate(
    view: WindowView,
    reference: Reference | None,
    settings: EvaluationSettings,
    past: Sequence[Snapshot] = (),  # noqa: ARG001 - see below
) -> Snapshot:
    """Judge a window. Pure: the same input gives the same snapshot.

    Args:
        view: the window's counts.
        reference: what they are compared with; without one the snapshot has no columns.
        settings: methods and thresholds.
        past: the model's recent snapshots, newest first. No rule looks back yet: a drift that is too small for one
            window and lasts will be found through it.

    Returns:
        A result for every column of the reference, and the performance where labels have come.
    """
    comparisons = compare(view, reference) if reference is not None else []
    tests = [_test_of(comparison, settings) for comparison in comparisons]
    columns = _judge_all(comparisons, tests, view.window)
    used = comparisons[0].rows if comparisons else 0
    provenance = provenance_of(view, reference, settings, used)
    performance = performance_of(view, provenance.rows_received)
    return Snapshot(view.model, view.segment, view.window, tuple(columns), performance, provenance)


def _test_of(comparison: Comparison, settings: EvaluationSettings) -> ColumnTest:
    """How a column is tested; a category has no order, so ks_test on it means chi_squared."""
    column = comparison.column
    if column.role == "output":
        test = settings.prediction
    else:
        test = settings.numerical if column.kind == "numeric" else settings.categorical
    if column.kind == "categorical" and test.method == "ks_test":
        return ColumnTest("chi_squared", test.threshold)
    return test


def _judge_all(comparisons: Sequence[Comparison], tests: Sequence[ColumnTest], window: Window) -> list[ColumnResult]:
    lacking = [too_few(comparison) for comparison in comparisons]
    figures = [
        figures_of(comparison, test.method) if why is None else None
        for comparison, test, why in zip(comparisons, tests, lacking, strict=True)
    ]
    corrected = iter(q_values([f.p_value for f in figures if f is not None and f.p_value is not None]).tolist())
    tested = sum(f is not None and f.p_value is not None for f in figures)
    results: list[ColumnResult] = []
    for comparison, test, why, own in zip(comparisons, tests, lacking, figures, strict=True):
        if own is None or own.p_value is None:
            results.append(_result(comparison, test, untested(why, own), own, None))
        else:
            results.append(_result(comparison, test, judge(own, test, tested, window), own, next(corrected)))
    return results


def _result(
    comparison: Comparison, test: ColumnTest, judgement: Judgement, figures: Figures | None, q_value: float | None
) -> ColumnResult:
    column = comparison.column
    return ColumnResult(
        name=column.label,
        role=column.role,
        kind=column.kind,
        verdict=judgement.verdict,
        reason=judgement.reason,
        severity=judgement.severity,
        method=test.method,
        threshold=test.threshold,
        n_reference=comparison.n_reference,
        n_current=comparison.n_current,
        missing_ratio=comparison.missing_ratio,
        **(figures._asdict() if figures is not None else {}),
        q_value=q_value,
    )
