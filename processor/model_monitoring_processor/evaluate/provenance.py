"""What made a snapshot."""

from importlib import metadata

from model_monitoring_processor.evaluate.performance import performance_gaps
from model_monitoring_processor.reference import Reference
from model_monitoring_processor.types import EvaluationSettings, Provenance
from model_monitoring_processor.windows.pane import ROWS
from model_monitoring_processor.windows.view import WindowView
from model_monitoring_processor.windows.weights import ONE

__all__ = ["SNAPSHOT_SCHEMA", "provenance_of"]

SNAPSHOT_SCHEMA = 1
"""Raised when a figure changes its meaning."""

_DISTRIBUTION = "otel-model-monitoring"


def provenance_of(view: WindowView, reference: Reference | None, settings: EvaluationSettings, used: int) -> Provenance:
    """Collect what is needed to make the snapshot again.

    Args:
        view: the window.
        reference: that it was compared with.
        settings: of the evaluation.
        used: rows that were compared.
    """
    rows, excess = _rows(view)
    gaps: tuple[str, ...] = ()
    if reference is not None and used < rows:
        gaps = (f"{rows - used:,} of {rows:,} rows were counted under another reference, or none: not compared",)
    return Provenance(
        reference_hash=reference.hash if reference is not None else "",
        config_hash=settings.config_hash,
        software=_software(),
        schema=SNAPSHOT_SCHEMA,
        rows_received=rows,
        rows_used=used,
        rows_represented=rows + excess / ONE,
        gaps=(*gaps, *performance_gaps(view)),
    )


def _rows(view: WindowView) -> tuple[int, int]:
    part = view.parts.get((ROWS, "1"))
    return (0, 0) if part is None else (int(part.values[0]), int(part.values[1]))


def _software() -> str:
    """Name and version, also from a source tree that was never installed."""
    try:
        return f"{_DISTRIBUTION} {metadata.version(_DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        return _DISTRIBUTION
