"""The written forms of a policy: text of an environment variable, or lists and maps of a file or of code."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

__all__ = [
    "DROP",
    "KEEP",
    "MODES",
    "Action",
    "Rule",
    "read_actions",
    "read_file",
    "read_mode",
    "read_names",
    "read_rules",
]

MODES = ("NO_CONTENT", "SPAN_ONLY", "EVENT_ONLY", "SPAN_AND_EVENT")


class Action(NamedTuple):
    """What happens to the values of a feature: `keep`, `drop`, `hash`, `round` or `bucket`."""

    kind: str
    digits: int = 0
    edges: tuple[float, ...] = ()
    """Of the buckets, ascending."""


class Rule(NamedTuple):
    """What does not count: where `what` (`model`, `route` or the name of an attribute) is like the pattern."""

    what: str
    pattern: str


KEEP, DROP = Action("keep"), Action("drop")


def read_mode(value: Any) -> str:
    """A capture mode.

    Raises:
        ValueError: for anything else.
    """
    mode = str(value).strip().upper()
    if mode not in MODES:
        raise ValueError(f"capture_features is {value!r}; it must be one of {', '.join(MODES)}")
    return mode


def read_names(value: Any) -> tuple[str, ...]:
    """Patterns of names, of a text `a,b_*` or a list."""
    names = value.split(",") if isinstance(value, str) else map(str, value)
    return tuple(filter(None, (name.strip() for name in names)))


def read_actions(value: Any) -> tuple[tuple[str, Action], ...]:
    """Actions by pattern, of a text `a=drop,b=round:2` or a map.

    Raises:
        ValueError: for an action that does not exist or lacks its argument.
    """
    pairs = _pairs(value) if isinstance(value, str) else value.items()
    return tuple((str(name), _action(name, action)) for name, action in pairs)


def read_rules(value: Any) -> tuple[Rule, ...]:
    """Rules, of a text `route=/health*,model=warm-*`, a list of such texts, or a list of maps."""
    entries: Iterable[Any] = [value] if isinstance(value, str | Mapping) else value
    pairs = (_pairs(entry) if isinstance(entry, str) else entry.items() for entry in entries)
    return tuple(Rule(str(what).strip(), str(pattern)) for found in pairs for what, pattern in found)


def read_file(path: str, known: Collection[str]) -> dict[str, Any]:
    """The map that a JSON or YAML file holds.

    Raises:
        ValueError: where it is no map, has a key that is not known, or is YAML and PyYAML is not installed.
        OSError: where it cannot be read.
    """
    import json  # noqa: PLC0415  for those who have a file

    with open(path, encoding="utf-8") as file:  # noqa: PTH123  pathlib costs an import
        text = file.read()
    found = _yaml(text, path) if path.endswith((".yaml", ".yml")) else json.loads(text)
    if not isinstance(found, dict) or (unknown := set(found) - set(known)):
        raise ValueError(f"{path}: expected a map of {', '.join(known)}" + (f", not {unknown}" if found else ""))
    return found


def _yaml(text: str, path: str) -> Any:
    try:
        import yaml  # noqa: PLC0415  not everyone has it, and JSON needs nothing
    except ImportError as error:
        raise ValueError(f"{path} is YAML and PyYAML is not installed: pip install pyyaml, or write JSON") from error
    return yaml.safe_load(text)


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for entry in filter(None, map(str.strip, text.split(","))):
        name, equals, value = entry.partition("=")
        if not equals:
            raise ValueError(f"{entry!r} is not of the form name=value")
        yield name.strip(), value.strip()


def _action(name: str, value: Any) -> Action:
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, argument),) = value.items()
    else:
        kind, _, argument = str(value).partition(":")
    if kind in ("drop", "hash"):
        return Action(kind)
    if kind == "round" and argument != "":
        return Action(kind, digits=int(argument))
    if kind == "bucket" and argument:
        edges = argument.split("|") if isinstance(argument, str) else argument
        return Action(kind, edges=tuple(sorted(map(float, edges))))
    raise ValueError(f"feature_actions: {name}: {value!r}; expected drop, hash, round:DIGITS or bucket:EDGE|EDGE|...")
