"""`@monitor_model`: decides everything once, at decoration, and leaves a small closure for the hot path."""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from model_monitoring import _config, _guard
from model_monitoring._bind import Source, bind
from model_monitoring._model import Identity, Model
from model_monitoring._prediction import Monitored, Prediction
from model_monitoring._text import clean

__all__ = ["monitor_model"]

P = ParamSpec("P")
R = TypeVar("R")


@overload
def monitor_model(name: Callable[P, R], /) -> Callable[P, R]: ...


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
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


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
) -> Any:
    """Monitor a function or method that predicts; with or without parentheses.

    It may take a pandas or polars DataFrame, a numpy array (1-D: one row, 2-D: rows), a list (of scalars: one row; of
    dicts or lists: rows) or a dict of scalars (one row). Its result and its exceptions pass unchanged; nothing waits
    for the network. Coroutines and generators are returned unmonitored, with a warning.

    Args:
        name: of the model. Default: the function's qualified name, after `<service.name>.` where that is set.
        version: of the model.
        environment: where it runs. Default: `deployment.environment.name` of OTEL_RESOURCE_ATTRIBUTES.
        features: the argument that holds the features. Default: the first that is not `self` or `cls` and is not
            used for ids or times. `*rows` and `**features` are taken whole.
        feature_names: names of the columns, for data without names of its own.
        task_type: `binary`, `multiclass` or `regression`; tells a score from a value.
        prediction_id: the argument that holds the caller's own ids (one, or one per row), or a function that takes
            the mapping of all arguments and returns them. Default: ids made here (see `last_prediction_id`).
        event_time: likewise, when the predictions happened: datetimes (UTC where they name no zone), numpy or pandas
            datetimes, or unix seconds; one, or one per row. Default: the time of the call.
    """
    if callable(name):
        return monitor_model()(name)

    def decorate(function: Any) -> Any:
        if isinstance(function, staticmethod | classmethod):
            return type(function)(decorate(function.__func__))
        if _config.disabled():
            return function
        if _is_lazy(function):
            _guard.warn_once("Unsupported", f"{function!r} is a coroutine or generator: it is not monitored yet")
            return function
        try:
            names = None if feature_names is None else tuple(map(str, feature_names))
            identity = _identity(function, name, version, environment)
            model = Model(
                identity, clean(getattr(function, "__name__", "")), clean(str(task_type or "")).strip(), names
            )
            monitored = Monitored(model, *bind(function, features, prediction_id, event_time))
        except Exception as error:  # noqa: BLE001  the host must start even where we cannot
            _guard.warn_once(type(error).__name__, f"{function!r} is not monitored: {error}")
            return function
        return _wrap(function, monitored)

    return decorate


def _wrap(function: Callable[P, R], monitored: Monitored) -> Callable[P, R]:
    @functools.wraps(function)
    def predict(*args: P.args, **kwargs: P.kwargs) -> R:
        prediction = Prediction()
        prediction.start(monitored, args, kwargs)
        try:
            output = function(*args, **kwargs)
        except BaseException as error:
            prediction.fail(error)
            raise
        prediction.stop(output)
        return output

    return predict


def _is_lazy(function: Any) -> bool:
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    return any(lazy(function) for lazy in kinds)


def _identity(function: Any, name: str | None, version: str | None, environment: str | None) -> Identity:
    place = environment or _config.resource_attribute("deployment.environment.name")
    identity = Identity.of(name, version, place)
    return identity if identity.name else identity._replace(name=Identity.of(_default_name(function)).name)


def _default_name(function: Any) -> str:
    service, local = _config.service_name(), function.__qualname__.replace("<locals>.", "")
    return f"{service}.{local}" if service else local
