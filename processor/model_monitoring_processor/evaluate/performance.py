"""Performance on the rows whose labels have come."""

from model_monitoring_processor.stats.classification import classification, odd_labels
from model_monitoring_processor.types import Performance
from model_monitoring_processor.windows.pane import OUTCOME_COUNTS, OUTCOMES
from model_monitoring_processor.windows.view import WindowView

__all__ = ["performance_gaps", "performance_of"]


def performance_of(view: WindowView, rows: int) -> Performance | None:
    """Metrics of a window.

    Args:
        view: the window.
        rows: received in it.

    Returns:
        None where no label has come. Coverage is labelled / rows, 1 at most.
    """
    counts = _outcomes(view)
    if counts["labelled"] <= 0:
        return None
    labelled = counts["labelled"]
    coverage = min(1.0, labelled / rows) if rows > 0 else 0.0
    return Performance(labelled=labelled, coverage=coverage, metrics=classification(**counts))


def performance_gaps(view: WindowView) -> tuple[str, ...]:
    """What the metrics of a window leave out, in words."""
    counts = _outcomes(view)
    odd = odd_labels(**counts)
    if not odd:
        return ()
    rows = f"{odd:,} of {counts['labelled']:,} labelled rows are not binary (0 or 1)"
    return (f"{rows}: wrong for the accuracy, not in precision, recall and F1",)


def _outcomes(view: WindowView) -> dict[str, int]:
    part = view.parts.get((OUTCOMES, "1"))
    values = [0] * len(OUTCOME_COUNTS) if part is None else part.values.tolist()
    return dict(zip(OUTCOME_COUNTS, values, strict=True))
