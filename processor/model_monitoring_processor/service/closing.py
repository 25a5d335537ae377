"""When a window of event time is closed, and how often a closed one may be evaluated again.

Closing is never final: a late row corrects its pane, the window is evaluated again and published as a new revision.
So the rules may be quick where they can be wrong only for a moment.
"""

from typing import NamedTuple

from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.types import Window

__all__ = ["Activity", "is_closed", "is_live", "revision_interval"]

_LIVE_SECONDS = 2 * 86_400
_LIVE_WINDOWS = 2
_OLDER_IS_SLOWER = 10
_LONGEST_INTERVAL = 3600.0


class Activity(NamedTuple):
    """What has come of one model."""

    newest_event: float
    """Unix seconds of event time."""
    last_arrival: float
    """Seconds of the steady clock."""


def is_live(activity: Activity, window: Window, now: Moment) -> bool:
    """Tell live traffic, whose windows end with the wall clock, from a replay, where event time alone decides.

    Live is a model whose newest event is younger than two days, or than two of its windows: one that scores on the
    first of each month is not dead on the third.
    """
    age = now.wall - activity.newest_event
    return age < max(_LIVE_SECONDS, _LIVE_WINDOWS * (window.end - window.start))


def is_closed(window: Window, activity: Activity, now: Moment, lateness: float, idle: float) -> bool:
    """Tell whether a window may be evaluated as a whole.

    Args:
        window: the window.
        activity: of its model.
        now: the moment.
        lateness: seconds that a row may come late.
        idle: seconds of silence after which a replay is taken to be over.
    """
    if activity.newest_event - lateness >= window.end:
        return True
    if is_live(activity, window, now):
        return now.wall - lateness >= window.end
    return now.steady - activity.last_arrival >= idle


def revision_interval(window: Window, activity: Activity, now: Moment) -> float:
    """Return how many seconds must lie between two evaluations of a window.

    Labels trickle in for days. A live window is evaluated again after a tenth of its age at the earliest, so that its
    revisions, which are all kept, grow with the logarithm of the delay and not with the number of labels.
    """
    if not is_live(activity, window, now):
        return 0.0
    return min(max(0.0, now.wall - window.end) / _OLDER_IS_SLOWER, _LONGEST_INTERVAL)
