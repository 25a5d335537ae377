"""Packed events as plain Python values: for tests, and for people who want to see what leaves."""

import struct
from collections.abc import Callable, Mapping
from math import isnan
from typing import Any
from uuid import UUID

from model_monitoring import semconv

__all__ = ["decode"]

_MISSING = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFFFFFF}


def decode(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of one packed event as plain Python values (docs/wire.md)."""
    rows = attributes[semconv.ROW_COUNT]
    return {name: _decoders.get(name, _same)(value, rows) for name, value in attributes.items()}


def _same(value: Any, _: int) -> Any:
    return value


def _columns(columns: Mapping[str, Any], rows: int) -> dict[str, list[Any]]:
    return {name: _column(column, rows) for name, column in columns.items()}


def _column(column: Any, rows: int) -> list[Any]:
    if isinstance(column, Mapping):
        width = len(column["codes"]) // rows
        codes = struct.unpack(f"<{rows}{ {1: 'B', 2: 'H', 4: 'I'}[width] }", column["codes"])
        return [None if code == _MISSING[width] else column["values"][code] for code in codes]
    typecode = "d" if len(column) == 8 * rows else "f"
    return [None if isnan(value) else value for value in struct.unpack(f"<{rows}{typecode}", column)]


def _identifiers(value: Any, rows: int) -> list[str]:
    if not isinstance(value, bytes):
        return list(value)
    return [str(UUID(bytes=value[16 * row : 16 * row + 16])) for row in range(rows)]


_decoders: dict[str, Callable[[Any, int], Any]] = {
    semconv.FEATURES: _columns,
    semconv.SEGMENTS: _columns,
    semconv.OUTPUTS: _columns,
    semconv.LABELS: _column,
    semconv.PREDICTION_IDS: _identifiers,
    semconv.PREDICTION_TRACE_IDS: lambda value, rows: [value[16 * row : 16 * row + 16].hex() for row in range(rows)],
    semconv.TIMESTAMPS: lambda value, rows: [t / 1e9 for t in struct.unpack(f"<{rows}q", value)],
    semconv.LATENCIES: lambda value, rows: [
        None if isnan(t) else round(t, 6) for t in struct.unpack(f"<{rows}f", value)
    ],
    semconv.WEIGHTS: lambda value, rows: list(struct.unpack(f"<{rows}d", value)),
    semconv.SPAN_CONTEXTS: lambda value, rows: [value[24 * row : 24 * row + 24].hex() for row in range(rows)],
}
