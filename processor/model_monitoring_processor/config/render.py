"""Effective settings as YAML, each value beside where it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from model_monitoring_processor.config.merge import Setting

__all__ = ["render"]


def render(effective: Mapping[str, Setting]) -> Iterator[tuple[str, str]]:
    """Lines of YAML that mean these settings, with the origin of each value; "" for lines that only open a section."""
    above: list[str] = []
    for path, setting in effective.items():
        *sections, key = path.split(".")
        shared = 0
        while shared < min(len(sections), len(above)) and sections[shared] == above[shared]:
            shared += 1
        for depth in range(shared, len(sections)):
            yield f"{'  ' * depth}{sections[depth]}:", ""
        above = sections
        indent = "  " * len(sections)
        if isinstance(setting.value, list) and any(isinstance(item, dict) for item in setting.value):
            yield f"{indent}{key}:", setting.origin
            yield from ((f"{indent}  - {_scalar(item)}", "") for item in setting.value)
        else:
            yield f"{indent}{key}: {_scalar(setting.value)}", setting.origin


def _scalar(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=1 << 30, allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip()
