"""`performance` and `alerting`, in the three ways in which they have been written.

The first published example reads `alerting:` as a key of `performance` without a value, followed by `channels`
and `rules` beside it. That, `alerting:` with its keys indented below it, and `alerting:` at the top level all mean
the same; `gather_alerting` turns the first two into the third before anything is checked.
"""

from typing import Literal

from pydantic import Field

from model_monitoring_processor.config.base import Section
from model_monitoring_processor.config.problems import Problem
from model_monitoring_processor.config.source import Node
from model_monitoring_processor.config.values import Count, Metric, Text

__all__ = ["AlertingSection", "PerformanceSection", "Rule", "gather_alerting"]


class Rule(Section):
    """An alert: what must be true, and how bad it is."""

    name: Text = Field(description="Name of the alert.")
    condition: Text = Field(description="What must be true, such as `psi > 0.2 for any feature`.")
    severity: Literal["info", "warning", "critical"] = Field(default="warning", description="How bad it is.")


class AlertingSection(Section):
    """Who is told of what."""

    channels: list[Text] = Field(default=[], description="Where alerts go.")
    rules: list[Rule] = Field(default=[], description="What alerts.")


class PerformanceSection(Section):
    """Metrics on labelled predictions."""

    metrics: list[Metric] = Field(default=["accuracy", "precision", "recall", "f1"], description="What is computed.")
    window_size: Count = Field(default=1000, description="Sliding window of the metrics, in predictions.")
    sliding_step: Count = Field(default=100, description="Predictions between two values of the sliding window.")
    ground_truth_delay_hours: int = Field(default=24, ge=0, le=8760, description="How long until labels arrive.")


def gather_alerting(section: Node, problems: list[Problem]) -> Node:
    """Move the alerting written under `performance` to the level of `performance`, places and paths kept."""
    performance = section.child("performance")
    if performance is None or not isinstance(performance.value, dict) or "alerting" not in performance.value:
        return section
    assert isinstance(section.value, dict)
    rest = dict(performance.value)
    alerting = rest.pop("alerting")
    if alerting.value is None:
        beside = {key: rest.pop(key) for key in AlertingSection.model_fields if key in rest}
        alerting = alerting.with_value(beside)
    if "alerting" in section.value:
        message = f"given twice; also in line {section.value['alerting'].key_place.line}"
        problems.append(Problem(alerting.key_place, alerting.path, message))
        alerting = section.value["alerting"]
    return section.with_value({**section.value, "performance": performance.with_value(rest), "alerting": alerting})
