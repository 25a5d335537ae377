"""The one canonical form of a category: 1, 1.0, True, "1" and numpy's kinds of them are the same category."""

import math
import re
from typing import Any

import numpy as np

__all__ = ["canonical", "canonical_number"]

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
"""Anything else is a code that only looks like a number: "007", "5E2", "1_0", "+1"."""


def canonical_number(value: float | np.floating[Any]) -> str:
    """Canonical text of a number: integers without a point, others in the shortest form of their own precision.

    >>> canonical_number(1.0), canonical_number(-0.0), canonical_number(2.5), canonical_number(float("inf"))
    ('1', '0', '2.5', 'inf')

    A float32 is not widened first: that would make 0.1 another category than the float64 of the reference.

    >>> canonical_number(np.float32(0.1)), float(np.float32(0.1))
    ('0.1', 0.10000000149011612)
    """
    number = float(str(value)) if isinstance(value, np.float32) else float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def canonical(value: str) -> str:
    """Canonical form of a category that arrived as text.

    >>> canonical("1.0"), canonical("True"), canonical("AA"), canonical("1 "), canonical("5E2"), canonical("007")
    ('1', '1', 'AA', '1 ', '5E2', '007')
    """
    if value in {"True", "true"}:
        return "1"
    if value in {"False", "false"}:
        return "0"
    if not _DECIMAL.fullmatch(value):
        return value
    number = float(value)
    return value if math.isinf(number) else canonical_number(number)
