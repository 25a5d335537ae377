"""A wall clock that is believed only once it has gone steadily for a while: what it makes expire does not come back."""

from collections.abc import Callable

__all__ = ["SteadyClock"]

_NANOS_PER_HOUR = 3_600_000_000_000
_CONFIRMED_HOURS = 1.0
_JUMP_HOURS = 2.0


class SteadyClock:
    """Hours of the wall clock, held against a clock that nobody sets.

    Args:
        wall: unix nanoseconds; may jump, to and fro.
        monotonic: seconds since whenever; only goes on.
    """

    def __init__(self, wall: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._apart: float | None = None
        self._steady_since = 0.0
        self._told = 0

    def new_hour(self) -> int | None:
        """The unix hour, once in every hour; None when it is not a new one, or not to be believed yet.

        A clock is believed after an hour without a jump, also after the start.
        """
        hours, steady = self._wall() / _NANOS_PER_HOUR, self._monotonic() / 3600
        apart = hours - steady
        if self._apart is None or abs(apart - self._apart) > _JUMP_HOURS:
            self._steady_since = steady
        self._apart = apart
        if steady - self._steady_since < _CONFIRMED_HOURS or int(hours) == self._told:
            return None
        self._told = int(hours)
        return self._told
