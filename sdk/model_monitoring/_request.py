"""The request in which a prediction is made: what `middleware` knows of it, and the id that came with it."""

import sys
from collections.abc import Callable
from contextvars import ContextVar

from model_monitoring import _ids, semconv
from model_monitoring._ids import Ids, clean_id

__all__ = ["Request", "claim_id", "current", "remember"]


class Request:
    """One request, shared by all threads and tasks that work on it.

    Args:
        route: path of its URL.
        header: value of a header by its name in lower case; empty where there is none.
        given_id: prediction id that came with it, or empty.
    """

    __slots__ = ("given_id", "header", "ids", "route")

    def __init__(self, route: str, header: Callable[[str], str], given_id: str = "") -> None:
        self.route = route
        self.header = header
        self.given_id = given_id
        self.ids: Ids | None = None
        """Of its newest prediction."""


current: ContextVar[Request | None] = ContextVar("model_monitoring_request", default=None)
_spent: ContextVar[str] = ContextVar("model_monitoring_spent_id", default="")


def claim_id(rows: int) -> tuple[str, ...] | None:
    """The id that came with the request, in a header or in baggage: for its first prediction of a single row.

    Any other prediction of the request has an id of ours: two with one id could not be told apart by a label.
    """
    if rows != 1:
        return None
    request = current.get()
    if request is not None and request.given_id:
        found, request.given_id = request.given_id, ""
        return (found,)
    baggage = sys.modules.get("opentelemetry.baggage")
    value = baggage.get_baggage(semconv.PREDICTION_ID) if baggage is not None else None
    if not value or (found := clean_id(value)) == _spent.get():
        return None
    _spent.set(found)
    return (found,)


def remember(ids: Ids | None) -> None:
    """Make these the ids that `last_prediction_id` answers in this thread or task, and that the request is told."""
    _ids.remember(ids)
    request = current.get()
    if request is not None:
        request.ids = ids
