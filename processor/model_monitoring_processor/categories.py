"""The one canonical form of a category: 1, 1.0, True, "1" and numpy's kinds of them are the same category."""

import math

__all__ = ["canonical", "canonical_number"]


def canonical_number(value: float) -> str:
    """Canonical text of a finite number: integers without a point, others in Python's shortest form.

    >>> canonical_number(1.0), canonical_number(-0.0), canonical_number(2.5)
    ('1', '0', '2.5')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def canonical(value: str) -> str:
    """Canonical form of a category that arrived as text.

    >>> canonical("1.0"), canonical("True"), canonical("AA"), canonical(" x "), canonical("nan"), canonical("007")
    ('1', '1', 'AA', ' x ', 'nan', '007')
    """
    if value in {"True", "true"}:
        return "1"
    if value in {"False", "false"}:
        return "0"
    if not value or value[0] not in "-.0123456789" or not _plain(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return canonical_number(number) if math.isfinite(number) else value


def _plain(text: str) -> bool:
    """Tell a number from a code that only looks like one: "007" and "1_0" are names, not numbers."""
    digits = text.removeprefix("-")
    return "_" not in text and not (len(digits) > 1 and digits[0] == "0" and digits[1].isdigit())
