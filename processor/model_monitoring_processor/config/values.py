"""The kinds of values that a configuration holds, each with its own check."""

from importlib import import_module
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

__all__ = [
    "METRICS_BUILT",
    "MINUTES_OF_WINDOW",
    "PANE_MINUTES",
    "Count",
    "Cron",
    "FilePath",
    "Metric",
    "Minutes",
    "OptionalSection",
    "PaneMinutes",
    "Text",
    "TimeZone",
    "Url",
    "WindowLength",
]

MAX_TEXT = 4096

WindowLength: TypeAlias = Literal[
    "5m", "10m", "15m", "30m", "1h", "2h", "3h", "4h", "6h", "8h", "12h", "1d", "7d", "month"
]

MINUTES_OF_WINDOW: dict[str, int] = {
    **{f"{minutes}m": minutes for minutes in (5, 10, 15, 30)},
    **{f"{hours}h": hours * 60 for hours in (1, 2, 3, 4, 6, 8, 12)},
    **{f"{days}d": days * 1440 for days in (1, 7)},
}
"""Every window but `month`, which has no fixed length."""

PANE_MINUTES = (1, 5, 15, 30, 60)

Metric: TypeAlias = Literal[
    "accuracy", "precision", "recall", "f1", "auc_roc", "auc_pr", "log_loss", "brier_score", "mae", "rmse", "r2"
]

METRICS_BUILT = frozenset({"accuracy", "precision", "recall", "f1"})
"""Metrics that are computed today; the others are accepted and reported as not active."""


def _minutes(value: int) -> int:
    if value in MINUTES_OF_WINDOW.values():
        return value
    allowed = ", ".join(str(minutes) for minutes in sorted(MINUTES_OF_WINDOW.values()))
    raise ValueError(f"expected minutes that make whole windows ({allowed}), got {value}")


def _pane(value: int) -> int:
    if value in PANE_MINUTES:
        return value
    raise ValueError(f"expected {', '.join(map(str, PANE_MINUTES[:-1]))} or {PANE_MINUTES[-1]}, got {value}")


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"expected a time zone such as 'UTC' or 'Europe/Berlin', got {value!r}") from None
    return value


def _cron(value: str) -> str:
    if not import_module("croniter").croniter.is_valid(value):
        raise ValueError(f"expected a cron expression such as '0 * * * *', got {value!r}")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"expected an address such as 'http://localhost:4317', got {value!r}")
    return value


def _file_path(value: str) -> str:
    if not PurePath(value).name:
        raise ValueError(f"expected the path of a file, got {value!r}")
    return value


def _empty_section(value: Any) -> Any:
    """A section whose keys are all commented out is null in YAML; it means an empty one."""
    return {} if value is None else value


_T = TypeVar("_T")

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=10**9)]
Minutes: TypeAlias = Annotated[
    int, AfterValidator(_minutes), Field(json_schema_extra={"enum": sorted(MINUTES_OF_WINDOW.values())})
]
PaneMinutes: TypeAlias = Annotated[int, AfterValidator(_pane), Field(json_schema_extra={"enum": list(PANE_MINUTES)})]
TimeZone: TypeAlias = Annotated[Text, AfterValidator(_time_zone)]
Cron: TypeAlias = Annotated[Text, AfterValidator(_cron)]
Url: TypeAlias = Annotated[Text, AfterValidator(_url)]
FilePath: TypeAlias = Annotated[Text, AfterValidator(_file_path)]
OptionalSection: TypeAlias = Annotated[_T, BeforeValidator(_empty_section)]

assert set(MINUTES_OF_WINDOW) | {"month"} == set(get_args(WindowLength))
