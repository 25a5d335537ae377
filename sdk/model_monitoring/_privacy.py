"""The policy applied to columns, in the application, before anything leaves it.

Events are treated on the background thread before they are encoded, spans before an attribute is set.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from model_monitoring import _policy
from model_monitoring._columns import Chunk, of_values, text_of, values_of
from model_monitoring._policy_read import Action
from model_monitoring._values import Scalar, is_missing, plain

__all__ = ["event_features", "event_outputs", "span_features", "treat_features"]

_HASH_BYTES = 12


def event_features(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    """Features (or segments) as they may go on an event."""
    policy = _policy.current()
    if policy.mode not in ("EVENT_ONLY", "SPAN_AND_EVENT"):
        return {}
    return columns if policy.open else _treated(columns)


def span_features(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    """Features as they may go on a span."""
    policy = _policy.current()
    if policy.mode not in ("SPAN_ONLY", "SPAN_AND_EVENT"):
        return {}
    return columns if policy.open else _treated(columns)


def event_outputs(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    """Outputs as they may go out. Those that the model itself names (`value.<name>`) are treated as features are."""
    if _policy.current().open:
        return columns
    named = {name: chunk for name, chunk in columns.items() if _is_named_by_the_model(name)}
    treated = {f"value.{name}": chunk for name, chunk in _treated(_without_prefix(named)).items()}
    return {name: chunk for name, chunk in columns.items() if name not in named} | treated


def treat_features(columns: Mapping[str, Iterable[Any]]) -> dict[str, list[Scalar]]:
    """Do to a table what the policy in force does to features: a reference must be built from the same values.

    Args:
        columns: values by name; a pandas or polars DataFrame will do.

    Returns:
        The columns that may leave, as plain values.

    >>> treat_features({"age": [31, 47]})
    {'age': [31, 47]}
    """
    names = list(getattr(columns, "columns", columns))
    chunks = {str(name): of_values([plain(value) for value in columns[name]]) for name in names}
    return {name: values_of(chunk) for name, chunk in _treated(chunks).items()}


def _is_named_by_the_model(name: str) -> bool:
    return name.startswith("value.") and not name.removeprefix("value.").isdecimal()


def _without_prefix(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    return {name.removeprefix("value."): chunk for name, chunk in columns.items()}


def _treated(columns: dict[str, Chunk]) -> dict[str, Chunk]:
    actions = {name: _policy.action_of(name) for name in columns}
    return {name: _treat(chunk, actions[name]) for name, chunk in columns.items() if actions[name].kind != "drop"}


def _treat(chunk: Chunk, action: Action) -> Chunk:
    if action.kind == "keep":
        return chunk
    values = values_of(chunk)
    if action.kind == "hash":
        key = _policy.current().hash_key[: blake2b.MAX_KEY_SIZE]
        return of_values([None if is_missing(value) else _hash(value, key) for value in values])
    if action.kind == "round":
        return of_values([_number(value, lambda number: round(number, action.digits)) for value in values])
    return of_values([_number(value, lambda number: _bucket(number, action.edges)) for value in values])


def _hash(value: Scalar, key: bytes) -> str:
    """Keyed hash; 1, 1.0 and True are one category, and so have one hash."""
    if isinstance(value, bool | float) and value == value // 1:
        value = int(value)
    return blake2b(text_of(value).encode(), key=key, digest_size=_HASH_BYTES).hexdigest()


def _number(value: Scalar, treat: Any) -> Scalar:
    """Text where a number should be is missing from then on: it may be anything."""
    if is_missing(value) or isinstance(value, str):
        return None
    return treat(value)  # type: ignore[no-any-return]  # a scalar, as given


def _bucket(number: float, edges: tuple[float, ...]) -> str:
    """Half-open bucket of a number, as a category."""
    position = bisect_right(edges, number)
    if position == 0:
        return f"<{edges[0]:g}"
    if position == len(edges):
        return f">={edges[-1]:g}"
    return f"[{edges[position - 1]:g},{edges[position]:g})"
