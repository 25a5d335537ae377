"""Values by which results may be sliced (a country, a plan, a channel): copied here, columns in the background."""

from typing import Any

from model_monitoring import _guard
from model_monitoring._bind import Finder
from model_monitoring._captured import Captured
from model_monitoring._columns import Chunk, of_values
from model_monitoring._given import unreadable
from model_monitoring._text import column_names
from model_monitoring._values import Scalar, plain

__all__ = ["read_segments", "segment_columns"]

MAX_SEGMENTS = 16


def read_segments(
    find: Finder, args: tuple[Any, ...], kwargs: dict[str, Any], captured: Captured | None
) -> dict[str, Any] | None:
    """The caller's segments, copied; of a sampled call those of the rows that were kept.

    Returns:
        By name a plain value for all rows, or a list of one per row; None where they cannot be read.
    """
    try:
        segments = find(args, kwargs)
        if len(segments) > MAX_SEGMENTS:
            _guard.warn_once("TooManySegments", f"{len(segments)} segments: the first {MAX_SEGMENTS} are kept")
        kept = captured.kept if captured else None
        chosen = list(segments.items())[:MAX_SEGMENTS]
        names = column_names(name for name, _ in chosen)
        return {name: _copy(value, kept) for name, (_, value) in zip(names, chosen, strict=True)}
    except Exception as error:  # noqa: BLE001  a stranger's function or object may raise anything
        unreadable("segments", None, error)
        return None


def segment_columns(segments: dict[str, Any] | None, rows: int) -> dict[str, Chunk]:
    """Columns of what `read_segments` made; a segment that does not have one value for each row is left out."""
    columns = {}
    for name, value in (segments or {}).items():
        values: list[Scalar] = value if isinstance(value, list) else [value] * rows
        if len(values) == rows:
            columns[name] = of_values(values)
        else:
            _guard.warn_once("SegmentLength", f"{len(values)} values of a segment for {rows} rows: it is left out")
    return columns


def _copy(value: Any, kept: list[int] | None) -> Any:
    if hasattr(type(value), "tolist") or hasattr(type(value), "to_list"):
        value = value.tolist() if hasattr(value, "tolist") else value.to_list()
    if not isinstance(value, list | tuple):
        return plain(value)
    return [plain(value[position]) for position in kept] if kept else [plain(item) for item in value]
