"""Rows of foreign records -> PredictionBatch objects: one for each model and set of columns in a request."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import key_of, timed_key
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import HOSTILE, short
from model_monitoring_processor.ingest.limits import MAX_COLUMNS, MAX_NAME, MAX_SPREAD_PANES
from model_monitoring_processor.ingest.sources.cells import Cell
from model_monitoring_processor.ingest.sources.columns import column_of
from model_monitoring_processor.ingest.sources.table import Table
from model_monitoring_processor.types import Bytes, Column, ModelId, PredictionBatch

__all__ = ["Made", "Predictions"]

MAX_CELLS = 2_000_000
"""Of one request, while they are Python values: some 100 MB."""
_BATCH_ROWS = MAX_SPREAD_PANES
"""So that no batch touches more panes than one of our own may."""


class Made(NamedTuple):
    """All that one record says of its rows, beside their cells."""

    model: ModelId
    time: int
    prediction_id: str
    identity: bytes
    context: bytes
    weight: float
    latency: float
    biased: bool


@dataclass(slots=True)
class _Group:
    """Rows of one model with the same columns; lists run in step."""

    features: list[tuple[Cell, ...]] = field(default_factory=list)
    outputs: list[tuple[Cell, ...]] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    row_ids: list[bytes] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)


class _Kind(NamedTuple):
    """What rows must share to be in one batch."""

    model: ModelId
    biased: bool
    features: tuple[str, ...]
    outputs: tuple[str, ...]


class Predictions:
    """Gathers the rows of one request."""

    def __init__(self) -> None:
        self._groups: dict[_Kind, list[_Group]] = {}
        self._cells = 0

    def add(self, made: Made, features: Table, outputs: Table) -> None:
        """Add the rows of one record.

        Raises:
            BadData: it holds nothing, too much, or a name that cannot be one; nothing has been added.
        """
        rows = _row_count(features, outputs)
        cells = rows * (len(features.names) + len(outputs.names))
        if self._cells + cells > MAX_CELLS:
            raise BadData(reasons.TOO_MANY_CELLS, f"the request holds more than {MAX_CELLS} values: send smaller ones")
        kind = _Kind(made.model, made.biased, features.names, outputs.names)
        groups = self._groups.get(kind)
        if groups is None:
            _check_names(kind)
            groups = self._groups[kind] = [_Group()]
        if len(groups[-1].keys) + rows > _BATCH_ROWS and groups[-1].keys:
            groups.append(_Group())
        self._cells += cells
        _fill(groups[-1], made, features, outputs, rows)

    def batches(self) -> list[PredictionBatch]:
        """The batches of the rows so far, in the order in which their first rows came."""
        return [_batch(kind, group) for kind, groups in self._groups.items() for group in groups]


def _row_count(features: Table, outputs: Table) -> int:
    rows = max(len(features.rows), len(outputs.rows))
    if rows == 0:
        raise BadData(reasons.NO_COLUMNS, "it has neither a feature nor an output")
    if features.names and outputs.names and len(features.rows) != len(outputs.rows):
        message = f"{len(features.rows)} rows of features and {len(outputs.rows)} rows of outputs"
        raise BadData(reasons.ROW_COUNT, message)
    return rows


def _check_names(kind: _Kind) -> None:
    if len(kind.features) > MAX_COLUMNS or len(kind.outputs) > MAX_COLUMNS:
        raise BadData(reasons.TOO_MANY_COLUMNS, f"it has more than {MAX_COLUMNS} columns")
    for name in (*kind.features, *kind.outputs):
        # JSON can spell half a surrogate pair, which is not a name.
        if not 1 <= len(name) <= MAX_NAME or HOSTILE.search(name) or name.encode(errors="replace").decode() != name:
            message = f"a name must have 1 to {MAX_NAME} plain characters: {short(name)}"
            raise BadData(reasons.COLUMN_NAME, message)


def _fill(group: _Group, made: Made, features: Table, outputs: Table, rows: int) -> None:
    group.features += features.rows or [()] * rows
    group.outputs += outputs.rows or [()] * rows
    for place in range(rows):
        row_id = timed_key(made.identity + place.to_bytes(4, "big"), made.time)
        own = made.prediction_id if rows == 1 else f"{made.prediction_id}:{place}"
        group.row_ids.append(row_id)
        group.keys.append(key_of(own) if made.prediction_id else row_id)
    group.made += [made] * rows


def _batch(kind: _Kind, group: _Group) -> PredictionBatch:
    weights = np.array([made.weight for made in group.made], np.float64)
    row_ids = b"".join(group.row_ids)
    return PredictionBatch(
        model=kind.model,
        batch_id=blake2b(row_ids, digest_size=16).hexdigest(),
        keys=_bytes(group.keys, 16),
        times=np.array([made.time for made in group.made], np.int64),
        features=_columns(kind.features, group.features),
        outputs=_columns(kind.outputs, group.outputs),
        weights=None if bool(np.all(weights == 1)) else weights,
        latencies=np.array([made.latency for made in group.made], np.float32),
        span_contexts=_bytes([made.context for made in group.made], 24),
        row_ids=_bytes(group.row_ids, 16),
        biased=kind.biased,
    )


def _columns(names: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> dict[str, Column]:
    return {name: column_of(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)} if names else {}


def _bytes(parts: list[bytes], width: int) -> Bytes:
    return np.frombuffer(b"".join(parts), np.uint8).reshape(len(parts), width)
