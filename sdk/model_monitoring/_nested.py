"""Records inside records: every value gets the name of its path, joined with dots.

    {"customer": {"age": 35}, "tags": ["a", "b"]}  ->  customer.age, tags.0, tags.1

Depth and width are bounded, so a structure that holds itself ends too. What a pydantic model, a dataclass, a named
tuple, an attrs class or a msgspec struct holds is found by the mark that each leaves on its class.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeAlias

from model_monitoring import _guard
from model_monitoring._captured import MAX_FEATURES
from model_monitoring._values import plain

__all__ = ["MAX_DEPTH", "flatten", "is_record", "record_of"]

MAX_DEPTH = 8
_MAX_VISITS = 4 * MAX_FEATURES
_PYDANTIC = "model_fields_set"
"""Only a model of pydantic 2 has it."""

Pair: TypeAlias = tuple[Any, Any]


def is_record(kind: type) -> bool:
    """Tell a class whose instances have named fields."""
    return issubclass(kind, Mapping) or hasattr(kind, _PYDANTIC) or _field_names(kind) is not None


def record_of(value: Any) -> dict[Any, Any]:
    """Fields of a record by name; the methods of the built-in type, for a subclass may have overridden them.

    Args:
        value: a mapping, pydantic model (version 1 or 2), dataclass, named tuple, attrs instance or msgspec struct.
    """
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, Mapping):
        return dict(value)
    kind = type(value)
    if hasattr(kind, _PYDANTIC):
        fields: Any = getattr(kind, "__pydantic_fields__", None) or vars(value)  # what else is there is cached
        held = {name: item for name, item in vars(value).items() if name in fields}
        return {**held, **(getattr(value, "__pydantic_extra__", None) or {})}
    return {name: getattr(value, name) for name in _field_names(kind) or ()}


def flatten(pairs: Iterable[Pair]) -> dict[Any, Any]:
    """Plain values by their path.

    Args:
        pairs: name and value of the outermost level; a value that is a record, a list, a tuple or an array is opened.

    Returns:
        At most 2,001 values: one over the limit shows that there were more. Deeper than 8 levels a value is missing.
    """
    flat: dict[Any, Any] = {}
    visits = 0
    level: list[tuple[Any, Any, int]] = [(name, value, 1) for name, value in islice(pairs, MAX_FEATURES + 1)][::-1]
    while level and len(flat) <= MAX_FEATURES and visits < _MAX_VISITS:
        name, value, depth = level.pop()
        visits += 1
        inner = _opened(value)
        if inner is None:
            flat[name] = plain(value)
        elif depth >= MAX_DEPTH:
            _guard.warn_once("TooDeep", f"features deeper than {MAX_DEPTH} levels are left out", "TooDeep")
            flat[name] = None
        else:
            level += [(f"{name}.{key}", item, depth + 1) for key, item in inner][::-1]
    if visits == _MAX_VISITS:
        _guard.warn_once("TooManyFeatures", "features behind the first 8,000 parts are left out", "TooManyParts")
    return flat


def _opened(value: Any) -> list[Pair] | None:
    try:
        inner = _inner(value)
        return None if inner is None else list(islice(inner, MAX_FEATURES + 1))
    except Exception as error:  # noqa: BLE001  a stranger's method may raise anything
        _guard.warn_once(type(error).__name__, f"a value of type {type(value).__name__} cannot be opened")
        return None


def _inner(value: Any) -> Iterable[Pair] | None:
    """What a value holds, by name; None for one that is not opened."""
    kind = type(value)
    if isinstance(value, str | bytes | int | float) or value is None:
        return None
    if is_record(kind):
        return record_of(value).items()
    if isinstance(value, list):
        return enumerate(list.__iter__(value))
    if isinstance(value, tuple):
        return enumerate(tuple.__iter__(value))
    if getattr(value, "ndim", 0) and hasattr(kind, "tolist"):
        return enumerate(value[: MAX_FEATURES + 1].tolist())
    return None


def _field_names(kind: type) -> Iterable[str] | None:
    if issubclass(kind, tuple):
        fields = getattr(kind, "_fields", None)
        return fields if isinstance(fields, tuple) else None
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind)]
    if hasattr(kind, "__fields_set__"):  # pydantic 1
        return list(kind.__fields__)  # type: ignore[attr-defined]  # it has
    if (attributes := getattr(kind, "__attrs_attrs__", None)) is not None:
        return [attribute.name for attribute in attributes]
    return getattr(kind, "__struct_fields__", None)  # msgspec
