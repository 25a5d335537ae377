"""What is known of the flights: what must be flagged, what never, so that the demo can check itself in the open.

Seasons move the weather, so `temp`, `dewp` and `pressure` drift in every month; destinations change from April on
(total variation .052 to .096; March stays at .041, under the floor). `carrier`, `origin` and `sched_dep_time` move
by at most .037: significant at 28,000 rows a month, and still nothing that a person should be woken for.
"""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Judgement", "expected", "judge"]

_WEATHER = frozenset({"temp", "dewp", "pressure"})
_STILL = frozenset({"carrier", "origin", "sched_dep_time"})


class Judgement(NamedTuple):
    """How the verdicts compare with the truth. Cells are (window, feature)."""

    right: int
    missed: tuple[tuple[str, str], ...]
    false_alarms: tuple[tuple[str, str], ...]
    not_known: int
    """Cells of which nothing is known for certain."""


def expected(window: str, feature: str) -> bool | None:
    """Tell whether drift is known to be there (True), known to be absent (False) or not known (None)."""
    if feature in _WEATHER:
        return True
    if feature in _STILL:
        return False
    if feature == "dest":
        return window >= "2013-04"
    return None


def judge(verdicts: Sequence[tuple[str, str, bool]]) -> Judgement:
    """Compare verdicts (window, feature, drifted) with what is known."""
    known = [(w, f, drifted, truth) for w, f, drifted in verdicts if (truth := expected(w, f)) is not None]
    return Judgement(
        right=sum(drifted == truth for _, _, drifted, truth in known),
        missed=tuple((w, f) for w, f, drifted, truth in known if truth and not drifted),
        false_alarms=tuple((w, f) for w, f, drifted, truth in known if drifted and not truth),
        not_known=len(verdicts) - len(known),
    )
