"""Two clocks: the wall's, which event times are compared with, and a steady one, which nobody can set."""

import time
from typing import NamedTuple

__all__ = ["Moment"]


class Moment(NamedTuple):
    """One moment, in seconds of both clocks."""

    wall: float
    """Unix time; may jump."""
    steady: float
    """For waiting: only differences mean something."""

    @classmethod
    def now(cls) -> "Moment":
        """Read both clocks."""
        return cls(time.time(), time.monotonic())
