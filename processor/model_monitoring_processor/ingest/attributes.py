"""Typed access to the attributes of one record: each reader returns what the wire promises or raises BadData."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.limits import MAX_NAME

__all__ = [
    "CONTROL",
    "HOSTILE",
    "Attributes",
    "by_name",
    "optional_bytes",
    "required_bytes",
    "short",
    "text",
    "whole_number",
]

Attributes: TypeAlias = Mapping[str, AnyValue]

CONTROL = r"\x00-\x1f\x7f-\x9f"
"""Control characters, for a class of a regular expression: no page, label or terminal should be given one."""

_SHOWN = 64
HOSTILE = re.compile(f"[{CONTROL}]")


def short(name: str) -> str:
    """A stranger's text, fit for a message: escaped and cut."""
    return ascii(name if len(name) <= _SHOWN else name[:_SHOWN] + "...")


def by_name(pairs: Iterable[KeyValue], where: str) -> dict[str, AnyValue]:
    """Attributes as a mapping.

    Raises:
        BadData: a name occurs twice: which one was meant cannot be known.
    """
    found: dict[str, AnyValue] = {}
    for pair in pairs:
        if pair.key in found:
            raise BadData(reasons.DUPLICATE_NAME, f"{where} holds {short(pair.key)} twice")
        found[pair.key] = pair.value
    return found


def text(attributes: Attributes, name: str, reason: str, *, low: int = 0, high: int = MAX_NAME) -> str:
    """A string of `low` to `high` characters, no control characters; empty where it is absent and `low` is 0.

    Raises:
        BadData: with `reason`.
    """
    value = attributes.get(name)
    if value is None:
        if low:
            raise BadData(reason, f"{name} is missing")
        return ""
    if value.WhichOneof("value") != "string_value":
        raise BadData(reason, f"{name} must be a string")
    found = value.string_value
    if not low <= len(found) <= high:
        raise BadData(reason, f"{name} has {len(found)} characters, allowed are {low} to {high}")
    if HOSTILE.search(found):
        raise BadData(reason, f"{name} holds control characters: {short(found)}")
    return found


def whole_number(attributes: Attributes, name: str, reason: str, low: int, high: int) -> int:
    """An integer from `low` to `high`.

    Raises:
        BadData: with `reason`.
    """
    value = attributes.get(name)
    if value is None or value.WhichOneof("value") != "int_value":
        raise BadData(reason, f"{name} must be an integer")
    if not low <= value.int_value <= high:
        raise BadData(reason, f"{name} is {value.int_value}, allowed are {low} to {high}")
    return value.int_value


def required_bytes(attributes: Attributes, name: str, reason: str, length: int) -> bytes:
    """Exactly `length` bytes.

    Raises:
        BadData: with `reason`.
    """
    found = optional_bytes(attributes, name, reason, length)
    if found is None:
        raise BadData(reason, f"{name} is missing")
    return found


def optional_bytes(attributes: Attributes, name: str, reason: str, length: int) -> bytes | None:
    """Exactly `length` bytes, or None where the attribute is absent.

    Raises:
        BadData: with `reason`.
    """
    value = attributes.get(name)
    if value is None:
        return None
    if value.WhichOneof("value") != "bytes_value":
        raise BadData(reason, f"{name} must be bytes")
    if len(value.bytes_value) != length:
        raise BadData(reason, f"{name} has {len(value.bytes_value)} bytes, ml.batch.row_count asks for {length}")
    return value.bytes_value
