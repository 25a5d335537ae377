"""Which arguments of the monitored function hold the features, the ids and the times: found out once, at decoration."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

__all__ = ["Arguments", "Finder", "Source", "bind"]

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
Finder: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], Any]
Source: TypeAlias = str | Callable[[Mapping[str, Any]], Any]
"""The name of an argument, or a function of all of them by name."""


def bind(
    function: Callable[..., Any], features: str | None, prediction_id: Source | None, event_time: Source | None
) -> tuple[Finder, Finder | None, Finder | None]:
    """Make the functions that pick features, ids and times out of a call's arguments.

    Raises:
        TypeError: where an argument that is named does not exist, or there is none that could hold the features.
    """
    signature = inspect.signature(function)
    taken = {source for source in (prediction_id, event_time) if isinstance(source, str)}
    return (
        _by_name(signature, features or _first(signature, taken)),
        _finder(signature, prediction_id) if prediction_id else None,
        _finder(signature, event_time) if event_time else None,
    )


def _first(signature: inspect.Signature, taken: set[str]) -> str:
    for position, name in enumerate(signature.parameters):
        if name not in taken and not (position == 0 and name in ("self", "cls")):
            return name
    raise TypeError("no argument holds features; say which one with features=...")


def _finder(signature: inspect.Signature, source: Source) -> Finder:
    return _by_name(signature, source) if isinstance(source, str) else _by_call(signature, source)


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
