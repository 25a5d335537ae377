"""Values of strangers as cells of columns: numbers, texts, and what is missing; nested ones flattened with dots."""

import json
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import short
from model_monitoring_processor.ingest.limits import MAX_CATEGORY, MAX_COLUMNS

__all__ = ["Cell", "cell", "flattened", "read_json"]

Cell: TypeAlias = float | str | None
"""A number, a category, or a missing value."""

_MAX_DEPTH = 8
_MAX_JSON = 1 << 20
"""Characters of one text: what is read from it takes some twenty times the memory."""


def cell(value: Any) -> Cell:
    """A scalar; booleans and integers are numbers.

    Raises:
        BadData: bytes, or what is not a scalar.
    """
    if isinstance(value, float) or value is None:
        return value
    if isinstance(value, str):
        # JSON can spell half a surrogate pair, which no text on disk can hold.
        return value[:MAX_CATEGORY] if value.isascii() else value[:MAX_CATEGORY].encode(errors="replace").decode()
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.copysign(math.inf, value)
    raise BadData(reasons.COLUMN_TYPE, f"a value is {type(value).__name__}, and not a number, text, truth or nothing")


def flattened(name: str, value: Any) -> dict[str, Cell]:
    """Cells by column: `{"a": {"b": [1, 2]}}` gives `a.b.0` and `a.b.1`.

    Args:
        name: of the value; "" for one whose entries are the columns.
        value: scalar, list or dict.

    Raises:
        BadData: a value of a wrong type, nested too deeply, or too many columns.
    """
    found: dict[str, Cell] = {}
    for path, scalar in _leaves(name, value, 0):
        found[path] = cell(scalar)
        if len(found) > MAX_COLUMNS:
            raise BadData(reasons.TOO_MANY_COLUMNS, f"{short(name)} has more than {MAX_COLUMNS} columns")
    return found


def _leaves(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _MAX_DEPTH:
        raise BadData(reasons.COLUMN_TYPE, f"{short(path)} is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), below, depth + 1)
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _leaves(f"{path}.{place}" if path else str(place), below, depth + 1)
    else:
        yield path, value


def read_json(text: Any, name: str) -> Any:
    """What a JSON text says.

    Args:
        text: value of an attribute.
        name: of the attribute, for messages.

    Raises:
        BadData: it is no text, too long, or not JSON.
    """
    if not isinstance(text, str):
        raise BadData(reasons.JSON, f"{name} must be text that is JSON")
    if len(text) > _MAX_JSON:
        raise BadData(reasons.JSON, f"{name} has {len(text)} characters, allowed are {_MAX_JSON}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadData(reasons.JSON, f"{name} is not JSON: {str(error)[:100]}") from None
