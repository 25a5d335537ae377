"""How many rows a sampled row stands for: the inverse of the probability with which it was kept."""

import re

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.limits import MAX_WEIGHT
from model_monitoring_processor.ingest.sources.record import Values

__all__ = ["weight_of"]

_BITS = 56
"""A threshold is a number of 56 bits; what is random in a trace id is compared with it."""
_THRESHOLD = re.compile("[0-9a-fA-F]{1,14}")
_EXPONENT = re.compile("[0-9]{1,2}")
_ZERO_PROBABILITY = 63
"""The legacy `p` that says: never kept by chance."""


def weight_of(attributes: Values, tracestate: str, weight: str | None, probability: str | None) -> float:
    """Weight of a row; 1 where nothing says that it was sampled.

    Args:
        attributes: of the record.
        tracestate: of the span (W3C); its member `ot` says `th` (rejection threshold), formerly `p` (2^-p).
        weight: name of the attribute that holds the weight; wins over tracestate.
        probability: name of the attribute that holds the probability; likewise.

    Raises:
        BadData: what is there is no probability, or a weight out of bounds.
    """
    name = weight or probability
    if name is not None and name in attributes:
        found = _number(attributes[name], name)
        weighed = found if weight else 1 / found if found > 0 else 0.0
    else:
        weighed = _of_tracestate(tracestate) if "ot=" in tracestate else 1.0
    # Written so that NaN is refused as well.
    if not 0 < weighed <= MAX_WEIGHT:
        raise BadData(reasons.WEIGHTS, f"a row stands for {weighed:g} rows, allowed are (0, {MAX_WEIGHT:.0f}]")
    return weighed


def _number(value: object, name: str) -> float:
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise BadData(reasons.WEIGHTS, f"{name} is no number")


def _of_tracestate(tracestate: str) -> float:
    """Inverse probability of `ot=th:c;rv:...`: 2^56 / (2^56 - T), T being the digits filled up with zeros."""
    members = dict(member.strip().partition("=")[::2] for member in tracestate.split(","))
    parts = dict(part.partition(":")[::2] for part in members.get("ot", "").split(";"))
    if "th" in parts:
        if not _THRESHOLD.fullmatch(parts["th"]):
            raise BadData(reasons.WEIGHTS, "the threshold `th` in tracestate is not 1 to 14 hex digits")
        return float(2**_BITS / (2**_BITS - int(parts["th"].ljust(14, "0"), 16)))
    if "p" in parts:
        if not _EXPONENT.fullmatch(parts["p"]) or int(parts["p"]) >= _ZERO_PROBABILITY:
            raise BadData(reasons.WEIGHTS, "`p` in tracestate is not a number from 0 to 62")
        return float(2 ** int(parts["p"]))
    return 1.0
