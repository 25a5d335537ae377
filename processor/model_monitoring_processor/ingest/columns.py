"""Packed columns: bytes of the request seen as arrays, without a copy."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import CONTROL, Attributes, by_name, short
from model_monitoring_processor.ingest.limits import MAX_CATEGORY, MAX_COLUMNS, MAX_NAME
from model_monitoring_processor.types import CategoricalColumn, Column, NumericColumn

__all__ = ["named_column", "packed_columns"]

_NAME = re.compile(f"[^{CONTROL}]{{1,{MAX_NAME}}}")
_NUMBERS: dict[int, np.dtype[Any]] = {8: np.dtype("<f8"), 4: np.dtype("<f4")}
_CODES: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}


def packed_columns(attributes: Attributes, name: str, rows: int) -> dict[str, Column]:
    """The columns of a map attribute, by name; none where it is absent.

    Raises:
        BadData: not a map, too many columns, a bad name, or a column that does not fit `rows`.
    """
    value = attributes.get(name)
    if value is None:
        return {}
    if value.WhichOneof("value") != "kvlist_value":
        raise BadData(reasons.COLUMN_TYPE, f"{name} must be a map of columns")
    pairs = value.kvlist_value.values
    if len(pairs) > MAX_COLUMNS:
        raise BadData(reasons.TOO_MANY_COLUMNS, f"{name} has {len(pairs)} columns, allowed are {MAX_COLUMNS}")
    columns = by_name(pairs, name)
    for column in columns:
        if not _NAME.fullmatch(column):
            message = f"{name}: a name must have 1 to {MAX_NAME} characters, no control characters: {short(column)}"
            raise BadData(reasons.COLUMN_NAME, message)
    return {column: named_column(packed, rows, name, column) for column, packed in columns.items()}


def named_column(value: AnyValue, rows: int, where: str, name: str) -> Column:
    """One column of `rows` cells.

    Args:
        value: as packed on the wire.
        rows: that it must have.
        where: the attribute that holds it, for messages.
        name: its name, for messages.

    Raises:
        BadData: it is neither packed numbers nor packed categories, or is of another length.
    """
    try:
        return _packed_column(value, rows)
    except BadData as error:
        raise BadData(error.reason, f"column {short(name)} of {where} {error}") from None


def _packed_column(value: AnyValue, rows: int) -> Column:
    """One column without a name; messages begin with a verb.

    Raises:
        BadData: see `named_column`.
    """
    kind = value.WhichOneof("value")
    if kind == "bytes_value":
        return NumericColumn(_view(value.bytes_value, _NUMBERS, rows))
    if kind == "kvlist_value":
        return _categories(by_name(value.kvlist_value.values, "as a map"), rows)
    raise BadData(reasons.COLUMN_TYPE, "must be bytes or a map of codes and values")


def _categories(parts: Attributes, rows: int) -> CategoricalColumn:
    codes, values = parts.get("codes"), parts.get("values")
    if codes is None or values is None or len(parts) != 2 or codes.WhichOneof("value") != "bytes_value":
        raise BadData(reasons.COLUMN_TYPE, "must hold codes (bytes) and values (array of strings)")
    if values.WhichOneof("value") != "array_value":
        raise BadData(reasons.COLUMN_TYPE, "must hold values that are an array of strings")
    entries = values.array_value.values
    if any(entry.WhichOneof("value") != "string_value" for entry in entries):
        raise BadData(reasons.COLUMN_TYPE, "must hold values that are an array of strings")
    view = _view(codes.bytes_value, _CODES, rows)
    _check_codes(view, len(entries))
    return CategoricalColumn(view, tuple([entry.string_value[:MAX_CATEGORY] for entry in entries]))


def _view(packed: bytes, dtypes: dict[int, np.dtype[Any]], rows: int) -> npt.NDArray[Any]:
    width, rest = divmod(len(packed), rows)
    if rest or width not in dtypes:
        allowed = " or ".join(str(size * rows) for size in dtypes)
        raise BadData(reasons.COLUMN_LENGTH, f"has {len(packed)} bytes, {rows} rows ask for {allowed}")
    return np.frombuffer(packed, dtypes[width])


def _check_codes(codes: npt.NDArray[np.unsignedinteger[Any]], count: int) -> None:
    missing = np.iinfo(codes.dtype).max
    if count > missing:
        raise BadData(reasons.COLUMN_CODES, f"has {count} values, codes this narrow can name {missing}")
    if codes.max() >= count and np.any((codes >= count) & (codes != missing)):
        worst = int(codes[codes != missing].max())
        raise BadData(reasons.COLUMN_CODES, f"has a code {worst} beyond its {count} values")
