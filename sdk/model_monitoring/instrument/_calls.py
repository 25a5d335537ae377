"""A call of a hooked method: counted if it is the outermost and meant by the application, else passed straight on.

Nothing is counted that a library calls by itself (`score`, cross-validation, partial dependence, SHAP): the caller's
module tells. The functions put on classes are plain, and keep all that they need in their closure: cloudpickle takes a
class of `__main__` by value, its methods with it, and in a joblib worker they must do no more than call the original.
"""

import functools
import sys
from collections.abc import Callable
from types import FrameType, MethodType
from typing import Any, NamedTuple

from model_monitoring import _guard
from model_monitoring._outermost import inside, watch
from model_monitoring._prediction import Prediction
from model_monitoring.instrument._models import Method, forget, monitored_of

__all__ = ["Hooks", "active", "counted", "observers", "quiet"]


class Hooks(NamedTuple):
    """What the user wants to be called; the span is None where there is none."""

    request: Callable[[Any, Any, tuple[Any, ...], dict[str, Any]], object] | None = None
    """Takes span, model, positional and keyword arguments."""
    response: Callable[[Any, Any, Any], object] | None = None
    """Takes span, model and result."""


active: dict[str, Hooks] = {}
"""Libraries that are instrumented in this process."""
observers = {"lime", "shap"}
"""Packages whose calls are their own business and not the application's; instrumented libraries come and go."""
_FRAMES = 3
"""Callers looked at: an explainer or a scorer calls a model itself or through one function of the user's."""

watch()


def counted(original: Any, method: Method) -> Any:
    """Make the replacement of a method, or of a descriptor that answers one, whose calls are predictions."""
    if not hasattr(original, "__code__"):
        return _Conditional(original, functools.partial(counted, method=method))
    call = _predict

    @functools.wraps(original)
    def predict(self: Any, *args: Any, **kwargs: Any) -> Any:
        return call(method, original, self, args, kwargs)

    return predict


def quiet(original: Any, library: str) -> Any:
    """Make the replacement of a method within which nothing is a prediction."""
    if not hasattr(original, "__code__"):
        return _Conditional(original, functools.partial(quiet, library=library))
    call = _run_quietly

    @functools.wraps(original)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        return call(library, original, self, args, kwargs)

    return run


class _Conditional:
    """Stands before a descriptor that decides whether there is a method at all, such as scikit-learn's `available_if`.

    It raises what that one raises, so that `hasattr` answers as before.
    """

    def __init__(self, original: Any, wrap: Callable[[Any], Any]) -> None:
        functools.update_wrapper(self, original)  # type: ignore[arg-type]  # documentation tools look there
        self._original, self._wrap = original, wrap
        self._last: tuple[Any, Any] = (None, None)

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        found = self._original.__get__(model, owner)
        if model is None:
            return self._wrap(found) if hasattr(found, "__code__") else found
        function = getattr(found, "__func__", None)
        if function is None or found.__self__ is not model:
            return found
        if self._last[0] is not function:
            self._last = (function, self._wrap(function))
        return MethodType(self._last[1], model)


def _predict(method: Method, original: Any, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if inside.get() or method.library not in active or _is_observed(sys._getframe(2)):  # noqa: SLF001  the caller
        return original(model, *args, **kwargs)
    prediction = _started(method, model, args, kwargs)
    if prediction is None:
        return original(model, *args, **kwargs)
    try:
        output = original(model, *args, **kwargs)
    except BaseException as error:
        prediction.fail(error)
        raise
    _finish(prediction, method, model, output)
    return output


def _run_quietly(library: str, original: Any, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if library not in active:
        return original(model, *args, **kwargs)
    token = inside.set(True)
    try:
        return original(model, *args, **kwargs)
    finally:
        inside.reset(token)
        forget(model)


def _is_observed(frame: FrameType | None) -> bool:
    for _ in range(_FRAMES):
        if frame is None:
            return False
        root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if root in observers:
            return True
        frame = frame.f_back
    return False


def _started(method: Method, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Prediction | None:
    try:
        if method.ignored is not None and method.ignored(args, kwargs):
            return None
        prediction = Prediction()
        prediction.start(monitored_of(method, model), (model, *args), kwargs)
        if request := active[method.library].request:
            _call_hook(request, _span_of(prediction), model, args, kwargs)
        return prediction
    except Exception as error:  # noqa: BLE001  never into the host
        _guard.report(error, f"hooking {method.library}")
        return None


def _finish(prediction: Prediction, method: Method, model: Any, output: Any) -> None:
    try:
        if response := active.get(method.library, Hooks()).response:
            _call_hook(response, _span_of(prediction), model, output)
        answer = output if method.answer is None else method.answer(model, output)
    except Exception as error:  # noqa: BLE001  never into the host
        _guard.report(error, f"reading the answer of {method.library}")
        answer = output
    prediction.stop(answer)


def _span_of(prediction: Prediction) -> Any:
    opened = prediction._span  # noqa: SLF001  the hooks are handed what the prediction has opened
    return None if opened is None else opened.span


def _call_hook(hook: Callable[..., object], *args: Any) -> None:
    try:
        hook(*args)
    except Exception as error:  # noqa: BLE001  the user's own function; it must not change the prediction
        _guard.warn_once(type(error).__name__, f"a hook given to instrument() raised {_guard.told(error)}")
