"""What is known of a monitored function before it is called."""

from typing import Literal, NamedTuple, get_args

from model_monitoring._bind import Finder
from model_monitoring._model import Model

__all__ = ["Capture", "Monitored", "checked"]

Capture = Literal["features", "outputs", "latency"]
"""How much is kept of a call: features and outputs, outputs alone, or only how long it took and for how many rows."""


def checked(capture: Capture) -> Capture:
    """Answer what is asked for.

    Raises:
        ValueError: where there is no such mode.
    """
    if capture not in get_args(Capture):
        raise ValueError(f"capture is one of {', '.join(get_args(Capture))}, not {capture!r}")
    return capture


class Monitored(NamedTuple):
    """The model, and the functions that pick out of a call's arguments what is monitored (`_bind.Bound`)."""

    model: Model
    features: Finder | None
    prediction_id: Finder | None = None
    event_time: Finder | None = None
    segments: Finder | None = None
    capture: Capture = "features"
