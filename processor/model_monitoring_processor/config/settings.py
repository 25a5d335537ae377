"""The effective settings of one model, frozen, with a hash that names them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from model_monitoring_processor.config.merge import Setting
from model_monitoring_processor.config.values import MINUTES_OF_WINDOW, PANE_MINUTES
from model_monitoring_processor.types import ColumnTest, EvaluationSettings

__all__ = ["INFO_KEYS", "ModelSettings", "make_settings"]

INFO_KEYS = ("owner", "team", "tier", "purpose", "runbook_url", "timezone")
"""Exported on `ml_model_info`."""

_HASHED = ("monitoring.", "drift_detection.", "performance.", "timezone")
_WINDOW_OF_MINUTES = {minutes: window for window, minutes in MINUTES_OF_WINDOW.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the processor needs to know of one model.

    Attributes:
        evaluation: tests and thresholds, and the hash of these settings.
        window: length of the windows, `1h`.
        pane_seconds: length of the panes; divides every window.
        allowed_lateness_s: a window closes so many seconds after its end.
        idle_seconds: a replay's open window closes when nothing has come for so long.
        reference: a reference file or training data; None: not configured.
        timezone: of calendar windows.
        ground_truth_delay_s: how long until labels arrive.
        info: owner, team, tier, purpose, runbook_url and timezone; those that are set.
        text: canonical JSON of everything that can change a result; what `hash` is the hash of.
        effective: every setting by path, with its origin.
    """

    evaluation: EvaluationSettings
    window: str
    pane_seconds: int
    allowed_lateness_s: int
    idle_seconds: int
    reference: Path | None
    timezone: str
    ground_truth_delay_s: int
    info: Mapping[str, str]
    text: str
    effective: Mapping[str, Setting] = field(compare=False)

    @property
    def hash(self) -> str:
        """sha256 (hex) of `text`. The owner, team, ... and alerts are not part of it: they change no result."""
        return self.evaluation.config_hash


def make_settings(effective: dict[str, Setting], folder: Path) -> ModelSettings:
    """Settings from merged values.

    Args:
        effective: every path of a model's sections.
        folder: what `reference_dataset` is relative to.
    """
    effective = _with_fitting_pane(_with_window(effective))
    get = {path: setting.value for path, setting in effective.items()}
    text = _canonical(get)
    reference = get["monitoring.reference_dataset"]
    return ModelSettings(
        evaluation=EvaluationSettings(
            numerical=_test(get, "drift_detection.features.numerical"),
            categorical=_test(get, "drift_detection.features.categorical"),
            prediction=_test(get, "drift_detection.prediction"),
            config_hash=sha256(text.encode()).hexdigest(),
        ),
        window=get["drift_detection.window"],
        pane_seconds=get["drift_detection.pane_minutes"] * 60,
        allowed_lateness_s=get["drift_detection.allowed_lateness_minutes"] * 60,
        idle_seconds=get["drift_detection.idle_seconds"],
        reference=folder / Path(reference).expanduser() if reference else None,
        timezone=get["timezone"],
        ground_truth_delay_s=get["performance.ground_truth_delay_hours"] * 3600,
        info={key: get[key] for key in INFO_KEYS if get[key] is not None},
        text=text,
        effective=effective,
    )


def _with_window(effective: dict[str, Setting]) -> dict[str, Setting]:
    """A window that was not given is the check interval."""
    if effective["drift_detection.window"].value is not None:
        return effective
    interval = effective["monitoring.check_interval_minutes"]
    window = Setting(_WINDOW_OF_MINUTES[interval.value], f"check_interval_minutes: {interval.origin}")
    return {**effective, "drift_detection.window": window}


def _with_fitting_pane(effective: dict[str, Setting]) -> dict[str, Setting]:
    """Shorten panes that would straddle the edges of the windows, which layers may bring together unforeseen.

    Days begin at quarters of an hour of UTC in every time zone of today, so panes of 15 minutes always fit them.
    """
    pane = effective["drift_detection.pane_minutes"]
    window = effective["drift_detection.window"].value
    minutes = MINUTES_OF_WINDOW.get(window, 1440)
    shifted = minutes >= 1440 and effective["timezone"].value != "UTC"
    longest = max(p for p in PANE_MINUTES if p <= pane.value and minutes % p == 0 and not (shifted and p > 15))
    if longest == pane.value:
        return effective
    return {**effective, "drift_detection.pane_minutes": Setting(longest, f"to fit the window; {pane.origin}")}


def _test(get: Mapping[str, Any], section: str) -> ColumnTest:
    return ColumnTest(get[f"{section}.method"], float(get[f"{section}.threshold"]))


def _canonical(get: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces; 1 and 1.0 of a float are the same, for pydantic has made them floats."""
    relevant = {path: value for path, value in get.items() if path.startswith(_HASHED)}
    return json.dumps(relevant, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
