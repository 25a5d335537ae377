"""`monitor(model)`: for an object that no hook sees, such as one of a library of your own.

The object stays the very same one, and gets a class of its own: a subclass of its class, with the same name, whose
methods are monitored. So `isinstance`, `__class__`, attributes and special methods are as before. A pickle or copy has
the plain class: it needs nothing of ours to be loaded, and is not monitored until `monitor` is called again.
"""

import functools
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, TypeVar

from model_monitoring import _config, _guard, _names
from model_monitoring._bind import Segments, Source, bind
from model_monitoring._model import Model
from model_monitoring._monitored import Capture, Monitored, checked
from model_monitoring._outermost import inside, watch
from model_monitoring._text import clean
from model_monitoring._wrap import is_lazy, wrap

__all__ = ["monitor"]

M = TypeVar("M")
_METHODS = ("predict", "predict_proba", "decision_function", "inplace_predict")
_lock = RLock()
"""Held while an object is one of its plain class for a moment."""
_set_class = vars(object)["__class__"].__set__


def monitor(
    model: M,
    name: str | None = None,
    *,
    methods: Sequence[str] | None = None,
    version: str | None = None,
    environment: str | None = None,
    features: str | None = None,
    feature_names: Sequence[str] | None = None,
    task_type: str | None = None,
    prediction_id: Source | None = None,
    event_time: Source | None = None,
    segments: Segments | None = None,
    capture: Capture = "features",
) -> M:
    """Monitor one object that predicts.

    Of methods that call each other only the outermost counts. An object whose class cannot be replaced (one written in
    C) is left as it is, with a warning: decorate the function that calls it.

    Args:
        model: the object.
        name: of the model. Default: as for a model that is found by a hook: from the environment, its registry, else
            `<service.name>/<class>`.
        methods: names of the methods that predict. Default: those of `predict`, `predict_proba`, `decision_function`
            and `inplace_predict` that it has, else `__call__`.
        version: and the others: as of `monitor_model`.
        environment: of the model.
        features: the argument that holds the features.
        feature_names: names of the columns.
        task_type: `binary`, `multiclass` or `regression`.
        prediction_id: source of the ids.
        event_time: source of the times.
        segments: sources of the segments.
        capture: how much is kept.

    Returns:
        The same object.
    """
    if _config.disabled():
        return model
    try:
        checked(capture)
        watch()
        identity = _names.identity(name, version or _names.version_of(model), environment)
        if not identity.name:
            identity = identity._replace(name=_names.identity(_names.name_of(model)).name)
        names = None if feature_names is None else tuple(map(str, feature_names))

        def monitored(operation: str, function: Callable[..., Any]) -> Monitored:
            about = Model(identity, operation, clean(str(task_type or "")).strip(), names)
            return Monitored(about, *bind(function, features, prediction_id, event_time, segments), capture)

        found = _found(model, methods)
        wrapped = {key: _method(function, monitored(key, function), id(model)) for key, function in found.items()}
        _set_class(model, _subclass(type(model), wrapped))
    except Exception as error:  # noqa: BLE001  the host must start even where we cannot
        _guard.warn_once(type(error).__name__, f"an object of {type(model)!r} is not monitored: {error}")
    return model


def _found(model: Any, methods: Sequence[str] | None) -> dict[str, Callable[..., Any]]:
    """The functions behind the methods of an object, by name."""
    asked = methods or [key for key in _METHODS if callable(getattr(model, key, None))] or ["__call__"]
    functions = {key: getattr(getattr(model, key, None), "__func__", None) for key in asked}
    missing = [key for key, function in functions.items() if function is None or key in getattr(model, "__dict__", ())]
    if missing:
        raise TypeError(f"it has no method {', '.join(missing)} of its class; say which one with methods=...")
    return {key: function for key, function in functions.items() if function is not None}


def _method(function: Callable[..., Any], monitored: Monitored, owner: int) -> Callable[..., Any]:
    """The monitored form of a method, for one object: another one of its new class is not monitored."""
    predict = wrap(function, monitored)
    if is_lazy(function):
        return predict

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return (function if inside.get() or id(self) != owner else predict)(self, *args, **kwargs)

    return method


def _subclass(base: type, methods: dict[str, Callable[..., Any]]) -> type:
    shown = property(lambda _: base)
    subclass = type(base)(base.__name__, (base,), {"__slots__": (), "__module__": base.__module__, "__class__": shown})

    def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: N807  it is what pickle and copy ask for
        with _lock:
            _set_class(self, base)
            try:
                return self.__reduce_ex__(protocol)
            finally:
                _set_class(self, subclass)

    # After the class is made: what a base does to its subclasses is not to see these.
    for name, function in {**methods, "__qualname__": base.__qualname__, "__reduce_ex__": __reduce_ex__}.items():
        setattr(subclass, name, function)
    return subclass
