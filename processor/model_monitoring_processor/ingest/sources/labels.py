"""Foreign records that say what came true -> LabelBatch objects."""

from hashlib import blake2b
from typing import Any

import numpy as np

from model_monitoring_processor.config import SourceSection
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import key_of, trace_key
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.sources.cells import cell
from model_monitoring_processor.ingest.sources.columns import category
from model_monitoring_processor.ingest.sources.identity import text_id
from model_monitoring_processor.ingest.sources.record import Record
from model_monitoring_processor.types import LabelBatch, ModelId

__all__ = ["OWN_TRACE", "Labels"]

OWN_TRACE = "$trace"
"""The trace of the record itself, where the name of an attribute with a trace id is expected."""


class Labels:
    """Gathers the labels of one request: one batch for each model and way of naming the rows."""

    def __init__(self) -> None:
        self._groups: dict[tuple[ModelId, bool], list[tuple[bytes, str, int]]] = {}

    def add(self, record: Record, rules: SourceSection, model: ModelId, time: int) -> None:
        """Add one label.

        Raises:
            BadData: it has no value, or names no prediction.
        """
        label = category(cell(record.attributes.get(rules.label or "")))
        if label is None:
            raise BadData(reasons.LABEL, f"the attribute {rules.label} with the true outcome is missing")
        by_trace = rules.trace_id is not None
        named = _trace(record, rules.trace_id) if rules.trace_id else text_id(record.attributes, rules.id).encode()
        if not named:
            raise BadData(reasons.IDS, f"the attribute {rules.id} with the id of the prediction is missing")
        self._groups.setdefault((model, by_trace), []).append((named, label, time))

    def batches(self) -> list[LabelBatch]:
        """The batches of the labels so far."""
        return [_batch(model, by_trace, entries) for (model, by_trace), entries in self._groups.items()]


def _batch(model: ModelId, by_trace: bool, entries: list[tuple[bytes, str, int]]) -> LabelBatch:
    named, labels, times = zip(*entries, strict=True)
    keys = b"".join(trace_key(name, model.name) if by_trace else key_of(name.decode()) for name in named)
    array = np.frombuffer(keys, np.uint8).reshape(len(named), 16)
    return LabelBatch(
        model=model,
        batch_id=blake2b(repr(entries).encode(errors="replace"), digest_size=16).hexdigest(),
        keys=array,
        labels=labels,
        times=np.array(times, np.int64),
        traces=np.frombuffer(b"".join(named), np.uint8).reshape(-1, 16) if by_trace else None,
    )


def _trace(record: Record, name: str) -> bytes:
    trace = record.context[:16] if name == OWN_TRACE else _hex(record.attributes.get(name))
    if len(trace) != 16 or trace == bytes(16):
        raise BadData(reasons.IDS, f"{name} holds no trace id (32 hex digits)")
    return trace


def _hex(value: Any) -> bytes:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""
