"""Ids and times that the caller gives; whatever is wrong with them, the prediction goes on without."""

from typing import Any

from model_monitoring import _guard
from model_monitoring._bind import Finder
from model_monitoring._capture import Captured
from model_monitoring._ids import clean_id
from model_monitoring._times import freeze

__all__ = ["read_ids", "read_times", "unreadable"]


def read_ids(find: Finder, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, ...] | None:
    """The caller's ids as text, one or one per row; an empty one or None leaves its row to an id of ours."""
    try:
        ids = find(args, kwargs)
        if ids is None:
            return None
        if hasattr(ids, "tolist"):
            ids = ids.tolist()
        if isinstance(ids, str | int) or not hasattr(ids, "__iter__"):
            ids = [ids]
        return tuple(map(clean_id, ids))
    except Exception as error:  # noqa: BLE001  a stranger's function or object may raise anything
        unreadable("prediction_id", None, error)
        return None


def read_times(find: Finder, args: tuple[Any, ...], kwargs: dict[str, Any], captured: Captured | None) -> Any:
    """The caller's event times, copied; of a sampled call those of the rows that were kept."""
    try:
        return freeze(find(args, kwargs), captured.kept if captured else None)
    except Exception as error:  # noqa: BLE001  as above
        unreadable("event_time", None, error)
        return None


def unreadable(what: str, value: object, error: Exception) -> None:
    """Take note of a stranger's object that raised. Its owner's trouble: counted and said once, never loud."""
    kind = type(value).__qualname__
    message = f"cannot read the {what} ({kind}): {_guard.told(error)}"
    _guard.warn_once(type(error).__qualname__, message, f"{what}:{kind}")
