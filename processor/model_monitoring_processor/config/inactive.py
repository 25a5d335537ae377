"""What the configuration may already say although the work behind it is not built yet."""

from collections.abc import Iterator, Mapping
from typing import Any

from model_monitoring_processor.config.merge import flatten
from model_monitoring_processor.config.shape import Shape
from model_monitoring_processor.config.values import METRICS_BUILT

__all__ = ["inactive_parts"]

_NOT_BUILT = {
    "drift_detection.schedule": "windows are evaluated when they close",
    "performance.window_size": "metrics are computed by time window",
    "performance.sliding_step": "metrics are computed by time window",
    "performance.ground_truth_delay_hours": "labels are joined whenever they come",
    "alerting.": "no alert is sent",
    "grafana.": "no dashboard is imported",
}


def inactive_parts(shape: Shape) -> Iterator[str]:
    """A line for each part that was written and has no effect yet: `grafana: not active yet: ...`."""
    written = shape.model_dump(mode="json", exclude_unset=True)
    models = written.pop("models", {})
    yield from _of_section(written, "")
    yield from _of_section(written.get("defaults", {}), "defaults.")
    for name, section in models.items():
        yield from _of_section(section, f"models.{name}.")


def _of_section(section: Mapping[str, Any], prefix: str) -> Iterator[str]:
    paths = flatten(section)
    for part, reason in _NOT_BUILT.items():
        if any(path == part or (part.endswith(".") and path.startswith(part)) for path in paths):
            yield f"{prefix}{part.removesuffix('.')}: not active yet: {reason}"
    metrics = [metric for metric in paths.get("performance.metrics", ()) if metric not in METRICS_BUILT]
    if metrics:
        yield f"{prefix}performance.metrics: not active yet: {', '.join(metrics)}"
