"""A window as the sum of its panes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from model_monitoring_processor.types import ModelId, Window
from model_monitoring_processor.windows.counts import Counts
from model_monitoring_processor.windows.pane import Pane

__all__ = ["WindowView", "view_of"]


@dataclass(frozen=True, eq=False)
class WindowView:
    """What was counted of one model and segment in one window; not to be changed."""

    model: ModelId
    segment: str
    window: Window
    parts: Mapping[tuple[str, str], Counts]
    """By (name, schema): the parts of `Pane`. Rows may have been counted under several references."""


def view_of(window: Window, panes: Iterable[Pane]) -> WindowView:
    """Add up panes.

    Args:
        window: that they make up.
        panes: at least one, all of one model and segment, all starting in the window; they are not changed.

    Returns:
        The sum; it does not depend on the order.

    Raises:
        ValueError: no pane, panes of several models or segments, or one from outside the window.
    """
    total: Pane | None = None
    for pane in panes:
        if not window.start <= pane.key.start < window.end:
            raise ValueError(f"the pane at {pane.key.start} is not in the window {window.name} ({window.length})")
        if total is None:
            total = pane.copy()
        elif pane.key[:2] != total.key[:2]:
            raise ValueError(f"panes of {total.key[:2]} and of {pane.key[:2]} make no common window")
        else:
            total.merge(pane)
    if total is None:
        raise ValueError(f"no panes for the window {window.name} ({window.length})")
    return WindowView(total.key.model, total.key.segment, window, total.parts)
