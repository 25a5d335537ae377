"""Merge the layers of one model's settings; every value remembers the layer that it came from.

Later layers win: built-in, `defaults`, the top-level sections (of the model that `monitoring.model_name` names, or
of every model when it names none), each matching pattern of `models` in the order of the file, the exact name.
A list is replaced as a whole.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from model_monitoring_processor.config.drift import DEFAULT_THRESHOLD
from model_monitoring_processor.config.shape import Defaults, Overrides, Shape
from model_monitoring_processor.types import ModelId

__all__ = ["BUILT_IN", "Layer", "Setting", "flatten", "layers_of", "merge"]

BUILT_IN = "built-in"

_SECTIONS = ("monitoring", "drift_detection", "performance", "alerting")
_MATCHERS = ("version", "environment")
_NAME = "monitoring.model_name"


class Layer(NamedTuple):
    """Values written in one place. `steps` lead to that place in the file; () is its top."""

    origin: str
    steps: tuple[str, ...]
    values: Mapping[str, Any]


class Setting(NamedTuple):
    """One effective value and where it comes from: a layer's origin, with file and line once they are known."""

    value: Any
    origin: str


def layers_of(shape: Shape, model: ModelId) -> Iterator[Layer]:
    """The layers that hold for a model, weakest first."""
    yield Layer(BUILT_IN, (), flatten(Defaults().model_dump(mode="json")))
    yield Layer("defaults", ("defaults",), _written(shape.defaults))
    if shape.monitoring.model_name in (None, model.name):
        top = flatten(shape.model_dump(mode="json", include=set(_SECTIONS), exclude_unset=True))
        yield Layer("top level", (), {path: value for path, value in top.items() if path != _NAME})
    matching = {name: rules for name, rules in shape.models.items() if _matches(name, rules, model)}
    for name in sorted(matching, key=lambda name: name == model.name):
        yield Layer(f"models '{name}'", ("models", name), _written(matching[name]))


def merge(layers: Iterator[Layer]) -> dict[str, tuple[Any, Layer]]:
    """Effective value and layer by path (`drift_detection.window`).

    A method named without a threshold takes that method's own default: the level .05 of a test, inherited from
    the layer below, would be a meaningless distance.
    """
    merged: dict[str, tuple[Any, Layer]] = {}
    for layer in layers:
        for path, value in layer.values.items():
            merged[path] = (value, layer)
            section, _, key = path.rpartition(".")
            if key == "method" and f"{section}.threshold" not in layer.values:
                merged[f"{section}.threshold"] = (DEFAULT_THRESHOLD[value], layer)
    return merged


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Leaves by dotted path. Lists are leaves.

    >>> flatten({"a": {"b": 1}, "c": [2]})
    {'a.b': 1, 'c': [2]}
    """
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _written(section: Defaults) -> dict[str, Any]:
    return flatten(section.model_dump(mode="json", exclude_unset=True, exclude=set(_MATCHERS)))


def _matches(pattern: str, rules: Overrides, model: ModelId) -> bool:
    named = pattern == model.name or fnmatchcase(model.name, pattern)
    of_version = rules.version is None or fnmatchcase(model.version, rules.version)
    of_environment = rules.environment is None or fnmatchcase(model.environment, rules.environment)
    return named and of_version and of_environment
