"""Which arguments of the monitored function hold what: found out once, at decoration."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Bound", "Finder", "Segments", "Source", "bind"]

Finder: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], Any]
Source: TypeAlias = str | Callable[[Mapping[str, Any]], Any]
"""The name of an argument, or a function of all of them by name."""
Segments: TypeAlias = str | Iterable[str] | Mapping[str, Source] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Names of arguments, sources by the name of the segment, or a function of all arguments that answers a mapping."""


class Bound(NamedTuple):
    """Functions that pick out of a call's arguments what is monitored; None where that is not asked for."""

    features: Finder | None
    prediction_id: Finder | None = None
    event_time: Finder | None = None
    segments: Finder | None = None
    """Answers a mapping: values by the name of the segment."""


def bind(
    function: Callable[..., Any],
    features: str | None = None,
    prediction_id: Source | None = None,
    event_time: Source | None = None,
    segments: Segments | None = None,
) -> Bound:
    """Make the functions that pick features, ids, times and segments out of a call's arguments.

    Raises:
        TypeError: where an argument that is named does not exist, or there is none that could hold the features.
    """
    signature = inspect.signature(function)
    sources = _sources(segments)
    taken = {source for source in (prediction_id, event_time, *sources.values()) if isinstance(source, str)}
    return Bound(
        _by_name(signature, features or _first(signature, taken)),
        _finder(signature, prediction_id) if prediction_id else None,
        _finder(signature, event_time) if event_time else None,
        _by_call(signature, segments) if callable(segments) else _by_segment(signature, sources),
    )


def _sources(segments: Segments | None) -> dict[str, Source]:
    if segments is None or callable(segments):
        return {}
    if isinstance(segments, Mapping):
        return {str(name): source for name, source in segments.items()}
    return {name: name for name in ([segments] if isinstance(segments, str) else segments)}


def _first(signature: inspect.Signature, taken: set[str]) -> str:
    for position, name in enumerate(signature.parameters):
        if name not in taken and not (position == 0 and name in ("self", "cls")):
            return name
    raise TypeError("no argument holds features; say which one with features=...")


def _finder(signature: inspect.Signature, source: Source) -> Finder:
    return _by_name(signature, source) if isinstance(source, str) else _by_call(signature, source)


def _by_segment(signature: inspect.Signature, sources: dict[str, Source]) -> Finder | None:
    finders = {name: _finder(signature, source) for name, source in sources.items()}
    if not finders:
        return None
    return lambda args, kwargs: {name: find(args, kwargs) for name, find in finders.items()}


def _by_name(signature: inspect.Signature, name: str) -> Finder:
    if name not in signature.parameters:
        raise TypeError(f"there is no argument {name!r}; the arguments are {', '.join(signature.parameters)}")
    position = list(signature.parameters).index(name)
    parameter = signature.parameters[name]
    if parameter.kind is parameter.VAR_KEYWORD:
        return _rest_by_name(frozenset(signature.parameters) - {name})
    if parameter.kind is parameter.VAR_POSITIONAL:
        return _rest_by_position(position)
    if parameter.kind is parameter.KEYWORD_ONLY:
        position = 1 << 30
    default = None if parameter.default is parameter.empty else parameter.default

    def find(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return args[position] if position < len(args) else kwargs.get(name, default)

    return find


def _rest_by_name(others: frozenset[str]) -> Finder:
    """All of `**features`, as one dict."""

    def find(_: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return {name: value for name, value in kwargs.items() if name not in others}

    return find


def _rest_by_position(position: int) -> Finder:
    """All of `*rows`, as a list; a single table or row as it is."""

    def find(args: tuple[Any, ...], _: dict[str, Any]) -> Any:
        rest = args[position:]
        alone = len(rest) == 1 and hasattr(rest[0], "__len__") and not isinstance(rest[0], str | bytes)
        return rest[0] if alone else list(rest)

    return find


def _by_call(signature: inspect.Signature, source: Callable[[Mapping[str, Any]], Any]) -> Finder:
    def find(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return source(bound.arguments)

    return find
