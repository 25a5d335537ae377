"""What does not count: probes, warm-ups, load tests. Their predictions are made, counted by reason and left out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase

from model_monitoring import _policy, _request

__all__ = ["reason_to_exclude", "suppress_monitoring"]

_suppressed: ContextVar[bool] = ContextVar("model_monitoring_suppressed", default=False)
_ROUTES = ("http.route", "url.path", "http.target")
_HEADER = "http.request.header."


@contextmanager
def suppress_monitoring() -> Iterator[None]:
    """Keep the predictions of this block, in this thread or task, out of the statistics.

    They are counted in `ml.sdk.rows.excluded` with the reason `suppressed`, and leave nothing else behind.

    >>> with suppress_monitoring():
    ...     pass  # a warm-up
    """
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)


def reason_to_exclude(model: str) -> str:
    """Why a prediction of a model, made now, does not count: one of `semconv.EXCLUDE_REASONS`, or empty."""
    if _suppressed.get():
        return "suppressed"
    rules = _policy.current().exclude
    if not rules:
        return ""
    attribute = _attributes()
    for what, pattern in rules:
        if what == "model":
            values = [model]
        elif what == "route":
            values = [attribute(name) for name in _ROUTES]
        else:
            values = [attribute(what)]
        if any(value and fnmatchcase(value, pattern) for value in values):
            return what if what in ("model", "route") else "attribute"
    return ""


def _attributes() -> Callable[[str], str]:
    """Look-up of what is known of the request: by the current span, by the middleware, by baggage."""
    request = _request.current.get()
    trace, baggage = sys.modules.get("opentelemetry.trace"), sys.modules.get("opentelemetry.baggage")
    of_span = getattr(trace.get_current_span(), "attributes", None) or {} if trace is not None else {}

    def look_up(name: str) -> str:
        value = of_span.get(name)
        if value is None and request is not None:
            value = _of_request(request, name)
        if not value and baggage is not None:
            value = baggage.get_baggage(name)
        return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")

    return look_up


def _of_request(request: _request.Request, name: str) -> str:
    if name == "url.path":
        return request.route
    if name == "user_agent.original":
        return request.header("user-agent")
    return request.header(name.removeprefix(_HEADER)) if name.startswith(_HEADER) else ""
