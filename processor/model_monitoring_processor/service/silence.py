"""A live model that has gone silent still gets its windows: an empty one is a result, and an alarm to others."""

from collections.abc import Iterator

from model_monitoring_processor.service.clock import Moment
from model_monitoring_processor.service.closing import Activity, is_live
from model_monitoring_processor.service.rules import Rules
from model_monitoring_processor.types import ModelId, Snapshot, Window

__all__ = ["MAX_SILENT", "silent_windows"]

MAX_SILENT = 500
"""Empty windows made up for at once, the newest of them: after a long absence nobody needs each five minutes."""


def silent_windows(
    rules: Rules, model: ModelId, activity: Activity, latest: Snapshot | None, now: Moment
) -> Iterator[Window]:
    """Find the windows since the newest result that have ended, allowed lateness included, without a single row.

    Args:
        rules: in force.
        model: whose.
        activity: of the model.
        latest: its newest result; without one there is nothing to continue.
        now: the moment.
    """
    settings = rules.settings(model)
    current = rules.window_at(model, int(now.wall - settings.allowed_lateness_s))
    if latest is None or latest.window.length != current.length or not is_live(activity, current, now):
        return
    ended = rules.window_at(model, current.start - 1)
    for _ in range(MAX_SILENT):
        if ended.start <= latest.window.start or ended.start <= activity.newest_event:
            return
        yield ended
        ended = rules.window_at(model, ended.start - 1)
