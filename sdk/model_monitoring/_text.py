"""Text that is fit for the wire: one lone surrogate in a name would lose a whole map of columns."""

from collections.abc import Iterable
from typing import Any

from model_monitoring import _guard

__all__ = ["MAX_NAME", "clean", "column_names"]

MAX_NAME = 256


def clean(text: str) -> str:
    """Replace what cannot be encoded, and cut at 256 characters.

    >>> clean("ok"), clean("a" + chr(0xDC80))
    ('ok', 'a?')
    """
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text[:MAX_NAME]


def column_names(names: Iterable[Any]) -> list[str]:
    """Names of columns as they go out: text, not empty, each only once.

    >>> column_names(["a", "", 3, "a"])
    ['a', 'feature_1', '3', 'a.1']
    """
    seen: dict[str, None] = {}
    for position, name in enumerate(names):
        text = _text_of(name) or f"feature_{position}"
        unique, copies = text, 0
        while unique in seen:
            copies += 1
            unique = f"{text[: MAX_NAME - 8]}.{copies}"
        seen[unique] = None
    return list(seen)


def _text_of(name: Any) -> str:
    try:
        return clean(name if type(name) is str else str(name))
    except Exception as error:  # noqa: BLE001  a stranger's __str__ may raise anything
        _guard.warn_once(type(error).__name__, f"a column name of type {type(name).__name__} cannot be read")
        return ""
