"""Tail sampling keeps what was slow or failed: such rows are shown, and nobody is woken for them."""

from dataclasses import replace

from model_monitoring_processor.types import ColumnResult, Snapshot
from model_monitoring_processor.windows import BIASED, WindowView

__all__ = ["without_alarm"]


def without_alarm(snapshot: Snapshot, view: WindowView) -> Snapshot:
    """The snapshot of a window that holds rows of a biased sample: it says so, and no column of it has drifted.

    Every figure stays. A column that would have drifted is `exceeded`, and its reason tells why it is not more.

    Args:
        snapshot: as evaluated.
        view: the window that it was made from.
    """
    part = view.parts.get((BIASED, "1"))
    if part is None or part.values[0] <= 0:
        return snapshot
    rows = snapshot.provenance.rows_received
    gap = f"biased sample: {part.values[0]:,} of {rows:,} rows are of a tail-sampled source; shown, never an alert"
    provenance = replace(snapshot.provenance, gaps=(*snapshot.provenance.gaps, gap))
    return replace(snapshot, columns=tuple(_calmed(column) for column in snapshot.columns), provenance=provenance)


def _calmed(column: ColumnResult) -> ColumnResult:
    if column.verdict != "drifted":
        return column
    return replace(column, verdict="exceeded", severity="", reason=f"biased sample, no alert: {column.reason}")
