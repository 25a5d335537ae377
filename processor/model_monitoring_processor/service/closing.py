"""When a window of event time is closed.

Closing is never final: a late row corrects its pane, the window is evaluated again and published as a new revision.
So the rules may be quick where they can be wrong only for a moment.
"""

from typing import NamedTuple

from model_monitoring_processor.types import Window

__all__ = ["LIVE_SECONDS", "Activity", "is_closed", "is_live"]

LIVE_SECONDS = 2 * 86_400
"""A model whose newest event is younger than this is live; an older one is a replay of the past."""


class Activity(NamedTuple):
    """What has come of one model, in unix seconds."""

    newest_event: float
    last_arrival: float


def is_live(activity: Activity, now: float) -> bool:
    """Tell live traffic, whose windows end with the wall clock, from a replay, where event time alone decides."""
    return now - activity.newest_event < LIVE_SECONDS


def is_closed(window: Window, activity: Activity, now: float, lateness: float, idle: float) -> bool:
    """Tell whether a window may be evaluated as a whole.

    Args:
        window: the window.
        activity: of its model.
        now: wall clock, unix seconds.
        lateness: seconds that a row may come late.
        idle: seconds of silence after which a replay is taken to be over.
    """
    if activity.newest_event - lateness >= window.end:
        return True
    if is_live(activity, now):
        return now - lateness >= window.end
    return now - activity.last_arrival >= idle
