"""Labels that found their prediction, into panes."""

from collections.abc import Callable, Sequence

import numpy as np

from model_monitoring_processor.types import Int, ModelId
from model_monitoring_processor.windows.pane import OUTCOMES, Pane, PaneKey
from model_monitoring_processor.windows.predictions import split_by_pane

__all__ = ["add_outcomes"]


def add_outcomes(  # noqa: PLR0917 - parallel columns and where to put them
    model: ModelId,
    times: Int,
    predicted: Sequence[str],
    labels: Sequence[str],
    pane_seconds: int,
    pane_of: Callable[[PaneKey], Pane],
) -> list[PaneKey]:
    """Count labelled rows in the panes of their predictions.

    Args:
        model: that made the predictions.
        times: (n,) event times of the predictions, unix nanoseconds.
        predicted: n predicted classes in canonical form.
        labels: n true classes in canonical form; "1" is the positive class.
        pane_seconds: length of a pane.
        pane_of: gives the pane of a key with what it holds so far; the pane is changed in place.

    Returns:
        The panes touched, earliest first.
    """
    counts = _outcomes(predicted, labels)
    touched: list[PaneKey] = []
    for start, rows in split_by_pane(times, pane_seconds):
        key = PaneKey(model, "", start)
        pane_of(key).add(OUTCOMES, "1", (counts if rows is None else counts[rows]).sum(axis=0))
        touched.append(key)
    return touched


def _outcomes(predicted: Sequence[str], labels: Sequence[str]) -> Int:
    """(n, 6) of 0 and 1, in the order of `OUTCOME_COUNTS`."""
    guess, truth = np.array(predicted, dtype=np.str_), np.array(labels, dtype=np.str_)
    yes, was = guess == "1", truth == "1"
    no, was_not = guess == "0", truth == "0"
    columns = [np.ones(len(truth)), guess == truth, yes & was, yes & was_not, no & was_not, no & was]
    return np.column_stack(columns).astype(np.int64)
