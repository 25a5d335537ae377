"""`@monitor_model`: decides everything once, at decoration, and leaves a small closure for the hot path."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from model_monitoring import _config, _guard, _names
from model_monitoring._bind import Segments, Source, bind
from model_monitoring._model import Model
from model_monitoring._monitored import Capture, Monitored, checked
from model_monitoring._text import clean
from model_monitoring._wrap import wrap

__all__ = ["monitor_model"]

F = TypeVar("F", bound=Callable[..., Any])


@overload
def monitor_model(name: F, /) -> F: ...


@overload
def monitor_model(
    name: str | None = None,
    *,
    version: str | None = None,
    environment: str | None = None,
    features: str | None = None,
    feature_names: Sequence[str] | None = None,
    task_type: str | None = None,
    prediction_id: Source | None = None,
    event_time: Source | None = None,
    segments: Segments | None = None,
    capture: Capture = "features",
) -> Callable[[F], F]: ...


def monitor_model(
    name: Any = None,
    *,
    version: str | None = None,
    environment: str | None = None,
    features: str | None = None,
    feature_names: Sequence[str] | None = None,
    task_type: str | None = None,
    prediction_id: Source | None = None,
    event_time: Source | None = None,
    segments: Segments | None = None,
    capture: Capture = "features",
) -> Any:
    """Monitor a function or method that predicts; with or without parentheses.

    It may be a coroutine function, a generator or an async generator, and stays one. What the features and the answer
    may be is in docs/sdk.md. Results and exceptions pass unchanged; nothing waits for the network.

    Args:
        name: of the model. Default: the function's qualified name, after `<service.name>.` where that is set.
        version: of the model.
        environment: where it runs. Default: `deployment.environment.name` of OTEL_RESOURCE_ATTRIBUTES.
        features: the argument that holds the features. Default: the first that is not `self` or `cls` and is not
            used for ids, times or segments. `*rows` and `**features` are taken whole.
        feature_names: names of the columns, for data without names of its own.
        task_type: `binary`, `multiclass` or `regression`; tells a score from a value.
        prediction_id: the argument that holds the caller's own ids (one, or one per row), or a function that takes
            the mapping of all arguments and returns them. Default: ids made here (see `last_prediction_id`).
        event_time: likewise, when the predictions happened: datetimes (UTC where they name no zone), numpy or pandas
            datetimes, or unix seconds; one, or one per row. Default: the time of the call.
        segments: values by which results may be sliced, at most 16, each one or one per row: the names of arguments,
            a mapping of names to arguments or functions as above, or one function that returns a mapping.
        capture: `features` (and outputs), `outputs` alone, or `latency` alone (and the number of rows).
    """
    if callable(name):
        return monitor_model()(name)

    def decorate(function: Any) -> Any:
        if isinstance(function, staticmethod | classmethod):
            return type(function)(decorate(function.__func__))
        if _config.disabled():
            return function
        try:
            names = None if feature_names is None else tuple(map(str, feature_names))
            identity = _names.identity(name, version, environment)
            if not identity.name:
                identity = identity._replace(name=_names.identity(_name_of(function)).name)
            operation = clean(getattr(function, "__name__", ""))
            model = Model(identity, operation, clean(str(task_type or "")).strip(), names)
            bound = bind(function, features, prediction_id, event_time, segments)
            return wrap(function, Monitored(model, *bound, checked(capture)))
        except Exception as error:  # noqa: BLE001  the host must start even where we cannot
            _guard.warn_once(type(error).__name__, f"{function!r} is not monitored: {error}")
            return function

    return decorate


def _name_of(function: Any) -> str:
    local = getattr(function, "__qualname__", type(function).__qualname__).replace("<locals>.", "")
    service = _names.service_name()
    return f"{service}.{local}" if service else local
