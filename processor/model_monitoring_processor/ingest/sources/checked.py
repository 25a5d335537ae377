"""How a file of captured telemetry would be read: the same mapping, and nothing is kept but what there is to see."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.otlp_json import MAX_JSON_BYTES, from_json
from model_monitoring_processor.ingest.sources.mapped import Mapped, Tally
from model_monitoring_processor.ingest.sources.mapping import map_logs, map_spans
from model_monitoring_processor.ingest.sources.match import Sources
from model_monitoring_processor.types import Column, LabelBatch, ModelId, NumericColumn, PredictionBatch

__all__ = ["Checked", "SeenModel", "check_lines"]


@dataclass(slots=True)
class SeenModel:
    """What came of one model."""

    rows: int = 0
    weighted: float = 0.0
    """Rows that they stand for."""
    biased: int = 0
    labels: int = 0
    features: dict[str, str] = field(default_factory=dict)
    """Kind of each, by name."""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What is in a file."""

    taken: Counter[str] = field(default_factory=Counter)
    """Records by source."""
    models: dict[ModelId, SeenModel] = field(default_factory=dict)
    refused: dict[str, Tally] = field(default_factory=dict)
    """Records that a source takes and that cannot be read, by reason."""
    ignored: dict[str, Tally] = field(default_factory=dict)
    """Records that no source takes, by reason."""
    unreadable: Tally = field(default_factory=Tally)
    """Lines that are no request."""


def check_lines(lines: BinaryIO, sources: Sources) -> Checked:
    """Read every line of a file as a request with spans or with log records."""
    checked = Checked()
    number = 0
    while line := lines.readline(MAX_JSON_BYTES + 1):
        number += 1
        if not line.strip():
            continue
        try:
            _add(checked, _mapped(line, sources))
        except BadData as error:
            checked.unreadable.add(1, f"line {number}: {error}")
            if len(line) > MAX_JSON_BYTES and not line.endswith(b"\n"):
                _skip_line(lines)
    return checked


def _skip_line(lines: BinaryIO) -> None:
    while (rest := lines.readline(MAX_JSON_BYTES)) and not rest.endswith(b"\n"):
        pass


def _mapped(line: bytes, sources: Sources) -> Mapped:
    if len(line) > MAX_JSON_BYTES:
        raise BadData(reasons.TOO_LARGE, f"longer than {MAX_JSON_BYTES} bytes")
    now = time.time_ns()
    if b"resourceSpans" in line or b"resource_spans" in line:
        return map_spans(from_json("traces", line), sources.spans, now)
    if b"resourceLogs" in line or b"resource_logs" in line:
        return map_logs(from_json("logs", line), sources.logs, now)
    raise BadData(reasons.MALFORMED, "holds neither resourceSpans nor resourceLogs")


def _add(checked: Checked, mapped: Mapped) -> None:
    checked.taken.update(mapped.taken)
    for batch in mapped.batches:
        _add_batch(checked.models.setdefault(batch.model, SeenModel()), batch)
    for (reason, _, _), tally in mapped.refused.items():
        _merge(checked.refused, reason, tally)
    for reason, tally in mapped.ignored.items():
        _merge(checked.ignored, reason, tally)


def _add_batch(seen: SeenModel, batch: PredictionBatch | LabelBatch) -> None:
    if isinstance(batch, LabelBatch):
        seen.labels += len(batch)
        return
    seen.rows += len(batch)
    seen.weighted += len(batch) if batch.weights is None else float(batch.weights.sum())
    seen.biased += len(batch) * batch.biased
    _add_kinds(seen.features, batch.features.items())
    _add_kinds(seen.outputs, batch.outputs.items())


def _add_kinds(kinds: dict[str, str], columns: Iterable[tuple[str, Column]]) -> None:
    for name, column in columns:
        kind = "numbers" if isinstance(column, NumericColumn) else "text"
        kinds[name] = kind if kinds.get(name, kind) == kind else "numbers and text"


def _merge(tallies: dict[str, Tally], reason: str, more: Tally) -> None:
    tally = tallies.setdefault(reason, Tally())
    tally.add(more.count, more.examples[0])
    for example in more.examples[1:]:
        tally.add(0, example)
