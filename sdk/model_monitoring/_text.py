"""Text that is fit for the wire: one lone surrogate or line end in a name would lose a whole record."""

import re
from collections.abc import Iterable
from typing import Any

from model_monitoring import _guard

__all__ = ["MAX_NAME", "category", "clean", "column_names"]

MAX_NAME = 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def category(text: str) -> str:
    r"""Replace what cannot be encoded, and cut at 256 characters. All else stays: the reference has it so too.

    >>> category("ok"), category("a" + chr(0xDC80)), category("a" + chr(10))
    ('ok', 'a?', 'a\n')
    """
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text[:MAX_NAME]


def clean(text: str) -> str:
    """Make a name of a text: as `category`, and without control characters, with which the processor refuses it.

    >>> clean("ok"), clean("1.2.3" + chr(10)), clean("a" + chr(9) + "b")
    ('ok', '1.2.3', 'a b')
    """
    if _CONTROL.search(text):
        text = _CONTROL.sub(" ", text).strip()
    return category(text)


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
