"""Who made a record, when, and under which id."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from model_monitoring_processor.config import From, SourceSection, Time
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import MAX_ID_LENGTH
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import HOSTILE, short
from model_monitoring_processor.ingest.limits import FUTURE_NANOS, MAX_NAME, MIN_TIME_NANOS
from model_monitoring_processor.ingest.sources.record import Values
from model_monitoring_processor.types import ModelId

__all__ = ["event_time", "model_of", "text_id"]

_ENVIRONMENTS = From(attribute="deployment.environment.name"), From(attribute="deployment.environment")
_NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def model_of(rules: SourceSection, places: Sequence[Values], *, named: bool) -> ModelId:
    """Identity of the model.

    Args:
        rules: of the source.
        places: attributes of the record, of its scope and of its resource; the first that has one wins.
        named: whether a name is required.

    Raises:
        BadData: it is missing where required, too long, or holds control characters.
    """
    name = _found(rules.model, places)
    if named and not name:
        wanted = rules.model.attribute if rules.model else ""
        raise BadData(reasons.MODEL_NAME, f"the attribute {wanted} with the model's name is missing")
    environments = (rules.environment, *_ENVIRONMENTS)
    environment = next((text for where in environments if (text := _found(where, places))), "")
    return ModelId(name, _found(rules.version, places), environment)


def text_id(attributes: Values, name: str | None) -> str:
    """The id that the sender gave; empty where there is none.

    Raises:
        BadData: neither text nor a whole number, or too long.
    """
    value = attributes.get(name) if name else None
    if value is None or value == "":
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > MAX_ID_LENGTH:
        raise BadData(reasons.IDS, f"{name} must be text of 1 to {MAX_ID_LENGTH} characters, or a whole number")
    return str(value)


def event_time(rules: Time | None, attributes: Values, own: int, now: int) -> int:
    """Event time, unix nanoseconds: the configured attribute's where the record has it, else the record's own.

    Raises:
        BadData: it is no time, or not a plausible one.
    """
    value = own if rules is None or rules.attribute not in attributes else _read(attributes[rules.attribute], rules)
    if not MIN_TIME_NANOS <= value <= now + FUTURE_NANOS:
        raise BadData(reasons.EVENT_TIME, "its time is more than an hour ahead of the clock, or before 1970-01-02")
    return value


def _read(value: Any, rules: Time) -> int:
    try:
        if rules.unit == "iso8601" and isinstance(value, str):
            found = datetime.fromisoformat(value)
            return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1e6) * 1000
        if rules.unit != "iso8601" and isinstance(value, str | int | float):
            # A whole number stays one: a float holds no nanoseconds of today.
            number = int(value) if isinstance(value, int) or str(value).isdecimal() else float(value)
            return int(number * _NANOS[rules.unit]) if math.isfinite(number) else 0
    except (ValueError, OverflowError):
        pass
    raise BadData(reasons.EVENT_TIME, f"{rules.attribute} is no time in {rules.unit}")


def _found(where: From | None, places: Sequence[Values]) -> str:
    if where is None:
        return ""
    if where.attribute is not None:
        for values in places:
            if (value := values.get(where.attribute)) not in (None, ""):
                return _name(value, where.attribute)
    return where.constant or ""


def _name(value: Any, attribute: str) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise BadData(reasons.MODEL_NAME, f"{attribute} must be text")
    text = str(value)
    if len(text) > MAX_NAME or HOSTILE.search(text):
        raise BadData(reasons.MODEL_NAME, f"{attribute} must be at most {MAX_NAME} plain characters: {short(text)}")
    return text
