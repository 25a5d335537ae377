"""Snapshots as JSON values and back."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from model_monitoring_processor.types import ColumnResult, ModelId, Performance, Provenance, Snapshot, Window

__all__ = ["snapshot_from_dict", "snapshot_to_dict"]


def snapshot_to_dict(snapshot: Snapshot) -> dict[str, Any]:
    """JSON values only: no NaN, no tuples, `None` for what does not apply."""
    performance = snapshot.performance
    return {
        "model": snapshot.model._asdict(),
        "segment": snapshot.segment,
        "window": snapshot.window._asdict(),
        "columns": [_fields(column) for column in snapshot.columns],
        "performance": None if performance is None else _fields(performance) | {"metrics": dict(performance.metrics)},
        "provenance": _fields(snapshot.provenance) | {"gaps": list(snapshot.provenance.gaps)},
    }


def snapshot_from_dict(data: Mapping[str, Any]) -> Snapshot:
    """Read `snapshot_to_dict`.

    Raises:
        KeyError, TypeError: a field is missing or unknown.
    """
    performance = data["performance"]
    return Snapshot(
        model=ModelId(**data["model"]),
        segment=data["segment"],
        window=Window(**data["window"]),
        columns=tuple(ColumnResult(**column) for column in data["columns"]),
        performance=None if performance is None else Performance(**performance),
        provenance=Provenance(**(data["provenance"] | {"gaps": tuple(data["provenance"]["gaps"])})),
    )


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
