"""The JSON schema of the file: for editors, and for saying which keys are known where."""

from copy import deepcopy
from functools import cache
from typing import Any, TypeAlias

from model_monitoring_processor.config.shape import Shape

__all__ = ["Location", "json_schema", "known_keys"]

Location: TypeAlias = tuple[str | int, ...]


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of the configuration file."""
    return deepcopy(_schema())


@cache
def _schema() -> dict[str, Any]:
    schema = Shape.model_json_schema()
    # the other two forms of alerting, which are gathered before the shape is checked
    schema["$defs"]["PerformanceSection"]["properties"] |= {
        "alerting": {
            "anyOf": [{"$ref": "#/$defs/AlertingSection"}, {"type": "null"}],
            "description": "As `alerting` at the top level.",
        },
        "channels": {"type": "array", "items": {"type": "string"}, "description": "As `alerting.channels`."},
        "rules": {"type": "array", "items": {"$ref": "#/$defs/Rule"}, "description": "As `alerting.rules`."},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "model-monitoring"}


def known_keys(location: Location) -> list[str]:
    """Keys that are known in the section at a location, such as `("models", "churn", "performance")`."""
    root = _schema()
    schema = root
    for step in location:
        if isinstance(step, int):
            below = schema.get("items", {})
        else:
            below = schema.get("properties", {}).get(step) or schema.get("additionalProperties", {})
        schema = _resolve(below, root)
    return list(schema.get("properties", {}))


def _resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", ()):
        if "$ref" in option:
            schema = option
    reference = schema.get("$ref")
    return root["$defs"][reference.rpartition("/")[2]] if reference else schema
