"""Which points each gauge has, given what is known of one model. What is not known has no point."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from model_monitoring import semconv
from model_monitoring.semconv import Metric
from model_monitoring_processor.export.identity import identity
from model_monitoring_processor.types import ColumnResult, ModelId, Role, Snapshot

__all__ = ["POINTS", "ModelResult", "Points"]


@dataclass(frozen=True, slots=True)
class ModelResult:
    """What is known of one model at this moment."""

    model: ModelId
    last_prediction: float | None
    """Event time of the newest prediction, unix seconds."""
    reference_rows: int
    info: Mapping[str, str] = field(default_factory=dict)
    """owner, team, tier, purpose, runbook_url, timezone: those that are configured."""
    snapshot: Snapshot | None = None
    """The newest closed window."""


Points = Callable[[ModelResult], Iterator[tuple[float, dict[str, str]]]]
_Point = Iterator[tuple[float, dict[str, str]]]


def _last_prediction(result: ModelResult) -> _Point:
    if result.last_prediction is not None:
        yield result.last_prediction, identity(result.model)


def _info(result: ModelResult) -> _Point:
    yield 1, identity(result.model) | {f"ml.model.{key}": value for key, value in result.info.items() if value}


def _reference(result: ModelResult) -> _Point:
    yield result.reference_rows, identity(result.model)


def _window_rows(result: ModelResult) -> _Point:
    if result.snapshot:
        yield result.snapshot.provenance.rows_received, _of_window(result.snapshot)


def _window_end(result: ModelResult) -> _Point:
    if result.snapshot:
        yield result.snapshot.window.end, _of_window(result.snapshot)


def _performance(result: ModelResult) -> _Point:
    if result.snapshot and result.snapshot.performance:
        for metric, value in result.snapshot.performance.metrics.items():
            yield value, _of_window(result.snapshot) | {semconv.PERFORMANCE_METRIC: metric}


def _labels(result: ModelResult) -> _Point:
    if result.snapshot and result.snapshot.performance:
        yield result.snapshot.performance.labelled, _of_window(result.snapshot)


def _coverage(result: ModelResult) -> _Point:
    if result.snapshot and result.snapshot.performance:
        yield result.snapshot.performance.coverage, _of_window(result.snapshot)


def _of_window(snapshot: Snapshot) -> dict[str, str]:
    return identity(snapshot.model) | {semconv.WINDOW: snapshot.window.length}


# --- columns: features and outputs have the same gauges under names of their own ----------------------------------
def _columns(role: Role, result: ModelResult) -> Iterator[tuple[ColumnResult, dict[str, str]]]:
    if result.snapshot:
        base = _of_window(result.snapshot)
        for column in result.snapshot.columns:
            if column.role == role:
                yield column, base | {semconv.FEATURE_NAME: column.name}


def _scores(role: Role, result: ModelResult) -> _Point:
    for column, attributes in _columns(role, result):
        for method in ("ks", "psi", "js", "tvd"):
            value = getattr(column, method)
            if value is not None:
                yield value, attributes | {semconv.DRIFT_METHOD: method}


def _thresholds(role: Role, result: ModelResult) -> _Point:
    for column, attributes in _columns(role, result):
        yield column.threshold, attributes | {semconv.DRIFT_METHOD: column.method}


def _detected(role: Role, result: ModelResult) -> _Point:
    for column, attributes in _columns(role, result):
        if column.verdict in {"ok", "exceeded", "drifted"}:
            yield int(column.verdict == "drifted"), attributes


def _field(name: str, role: Role, result: ModelResult) -> _Point:
    for column, attributes in _columns(role, result):
        value = getattr(column, name)
        if value is not None:
            yield value, attributes


POINTS: Mapping[Metric, Points] = {
    semconv.LAST_PREDICTION: _last_prediction,
    semconv.MODEL_INFO: _info,
    semconv.REFERENCE_INFO: _reference,
    semconv.WINDOW_ROWS: _window_rows,
    semconv.WINDOW_END: _window_end,
    semconv.PERFORMANCE_SCORE: _performance,
    semconv.PERFORMANCE_LABELS: _labels,
    semconv.LABEL_COVERAGE: _coverage,
    semconv.MISSING_RATIO: partial(_field, "missing_ratio", "feature"),
    semconv.DRIFT_SCORE: partial(_scores, "feature"),
    semconv.DRIFT_THRESHOLD: partial(_thresholds, "feature"),
    semconv.DRIFT_P_VALUE: partial(_field, "p_value", "feature"),
    semconv.DRIFT_Q_VALUE: partial(_field, "q_value", "feature"),
    semconv.DRIFT_DETECTED: partial(_detected, "feature"),
    semconv.PREDICTION_DRIFT_SCORE: partial(_scores, "output"),
    semconv.PREDICTION_DRIFT_THRESHOLD: partial(_thresholds, "output"),
    semconv.PREDICTION_DRIFT_P_VALUE: partial(_field, "p_value", "output"),
    semconv.PREDICTION_DRIFT_Q_VALUE: partial(_field, "q_value", "output"),
    semconv.PREDICTION_DRIFT_DETECTED: partial(_detected, "output"),
}
"""Every result metric of the vocabulary (a test holds the two together)."""
