"""Only the outermost call counts: what a prediction calls in turn is part of it.

A pipeline calls its last step, a voting classifier its members, a decorated function the model that it wraps.
"""

from contextvars import ContextVar

__all__ = ["inside", "watch"]

inside: ContextVar[bool] = ContextVar("model_monitoring_inside", default=False)
"""Whether this thread or task is within a call that is counted already, or that is not to be counted at all."""
watched = False
"""Whether anyone asks: where nothing but the decorator is used, no call pays for the answer."""


def watch() -> None:
    """From now on every prediction says that it is going on; to be called by whatever looks at `inside`."""
    global watched  # noqa: PLW0603  read on the hot path
    watched = True
