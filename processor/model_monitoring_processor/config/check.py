"""Check a tree against the shape: every problem with its place and what was expected there."""

from typing import Any

from pydantic import ValidationError

from model_monitoring_processor.config.alerting import gather_alerting
from model_monitoring_processor.config.problems import Problem, config_error, nearest
from model_monitoring_processor.config.schema import Location, known_keys
from model_monitoring_processor.config.shape import Shape
from model_monitoring_processor.config.source import Node

__all__ = ["check"]

_EXPECTED = {
    "string_type": "text (in quotes where it looks like a number)",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a section (keys and values)",
    "model_type": "a section (keys and values)",
    "model_attributes_type": "a section (keys and values)",
    "finite_number": "a finite number",
    "greater_than": "a number greater than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "a number less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "literal_error": "{expected}",
}
"""Our words for pydantic's error types; a type that is not here keeps pydantic's message."""


def check(tree: Node, file: str) -> tuple[Node, Shape]:
    """Check the file's tree.

    Args:
        tree: as `source.parse` gives it.
        file: name of the file in messages.

    Returns:
        The tree with alerting in its one place (see `alerting`), and the checked shape.

    Raises:
        ConfigError: all problems at once, each with line, column, key and what was expected.
    """
    problems: list[Problem] = []
    tree = _gather_everywhere(tree, problems)
    try:
        shape = Shape.model_validate(tree.plain())
    except ValidationError as error:
        problems += [_problem(tree, details) for details in error.errors(include_url=False)]
    if problems:
        raise config_error(file, problems)
    return tree, shape


def _gather_everywhere(tree: Node, problems: list[Problem]) -> Node:
    """Alerting may be written in any of its forms at the top, in `defaults` and for each model."""
    tree = gather_alerting(tree, problems)
    if not isinstance(tree.value, dict):
        return tree
    sections = dict(tree.value)
    if "defaults" in sections:
        sections["defaults"] = gather_alerting(sections["defaults"], problems)
    models = sections.get("models")
    if models is not None and isinstance(models.value, dict):
        gathered = {name: gather_alerting(node, problems) for name, node in models.value.items()}
        sections["models"] = models.with_value(gathered)
    return tree.with_value(sections)


def _problem(tree: Node, details: Any) -> Problem:
    location: Location = details["loc"]
    node, walked = _walk(tree, location)
    kind = details["type"]
    if kind == "extra_forbidden":
        known = known_keys(location[:-1])
        return Problem(node.key_place, node.path, "unknown key" + nearest(str(location[-1]), known))
    if kind == "missing":
        path = f"{node.path}.{location[-1]}" if node.path else str(location[-1])
        return Problem(node.key_place, path, "is required")
    place = node.place if walked == len(location) else node.key_place
    return Problem(place, node.path, _message(kind, details))


def _walk(tree: Node, location: Location) -> tuple[Node, int]:
    """The deepest node of a location that is in the file, and how many steps led there."""
    node, walked = tree, 0
    for step in location:
        below = node.child(step)
        if below is None:
            break
        node, walked = below, walked + 1
    return node, walked


def _message(kind: str, details: Any) -> str:
    context = details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind not in _EXPECTED:
        return str(details["msg"])
    got = details["input"]
    hint = ""
    if kind == "literal_error" and isinstance(got, str):
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        hint = nearest(got, words).partition("; known here")[0]
    return f"expected {_EXPECTED[kind].format(**context)}, got {_describe(got)}{hint}"


def _describe(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
