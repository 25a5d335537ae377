"""Panes of counts that add up and subtract exactly, and windows made of them."""

from model_monitoring_processor.windows.calendar import window_of
from model_monitoring_processor.windows.counts import Counts
from model_monitoring_processor.windows.outcomes import add_outcomes
from model_monitoring_processor.windows.pane import BIASED, Pane, PaneKey
from model_monitoring_processor.windows.predictions import Added, add_predictions
from model_monitoring_processor.windows.view import WindowView, view_of

__all__ = [
    "BIASED",
    "Added",
    "Counts",
    "Pane",
    "PaneKey",
    "WindowView",
    "add_outcomes",
    "add_predictions",
    "view_of",
    "window_of",
]
