"""Performance on the rows whose labels have come."""

from model_monitoring_processor.stats.classification import classification
from model_monitoring_processor.types import Performance
from model_monitoring_processor.windows.pane import OUTCOME_COUNTS, OUTCOMES
from model_monitoring_processor.windows.view import WindowView

__all__ = ["performance_of"]


def performance_of(view: WindowView, rows: int) -> Performance | None:
    """Metrics of a window.

    Args:
        view: the window.
        rows: received in it.

    Returns:
        None where no label has come. Coverage is labelled / rows, 1 at most.
    """
    part = view.parts.get((OUTCOMES, "1"))
    if part is None or part.values[0] <= 0:
        return None
    counts = dict(zip(OUTCOME_COUNTS, part.values.tolist(), strict=True))
    labelled = counts["labelled"]
    coverage = min(1.0, labelled / rows) if rows > 0 else 0.0
    return Performance(labelled=labelled, coverage=coverage, metrics=classification(**counts))
