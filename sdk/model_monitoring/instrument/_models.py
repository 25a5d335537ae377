"""The model behind a call that nobody has decorated: found out once per object, and kept while the object lives."""

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from model_monitoring import _guard
from model_monitoring._bind import Finder
from model_monitoring._given import unreadable
from model_monitoring._model import Model
from model_monitoring._names import identity, name_of, version_of
from model_monitoring._prediction import Monitored

__all__ = ["Description", "Method", "argument", "forget", "monitored_of"]


class Description(NamedTuple):
    """What a fitted model tells of itself."""

    task_type: str = ""
    """`binary`, `multiclass`, `regression` or empty."""
    feature_names: tuple[str, ...] | None = None
    name: str = ""
    """Where there is a better default than the name of its class."""


class Method(NamedTuple):
    """A method whose calls are predictions. Its functions must be importable by name: see `_calls` on pickling."""

    library: str
    operation: str
    features: Finder
    """Takes the arguments, the model first."""
    describe: Callable[[Any, str], Description]
    """Takes a model and the operation."""
    answer: Callable[[Any, Any], Any] | None = None
    """Makes of a model and its result what is captured, where that is not the result itself."""
    ignored: Callable[[tuple[Any, ...], dict[str, Any]], bool] | None = None
    """Takes the arguments without the model; true for calls that are no predictions."""


class argument:  # noqa: N801  reads as the function that it is, and pickles
    """Finds the features by the name of an argument of the hooked method.

    Args:
        name: of the argument.
        position: after the model; 0 is the first.
    """

    def __init__(self, name: str, position: int = 0) -> None:
        self._name, self._position = name, position + 1

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return args[self._position] if len(args) > self._position else kwargs.get(self._name)


_known: dict[int, tuple["weakref.ref[Any]", dict[str, Monitored]]] = {}
"""By identity of the object, as long as it lives; then by operation."""


def monitored_of(method: Method, model: Any) -> Monitored:
    """What is known of an object and a method of its class."""
    known = _known.get(id(model))
    if known is not None and known[0]() is model and (found := known[1].get(method.operation)) is not None:
        return found
    return _remember(method, model, _make(method, model))


def forget(model: Any) -> None:
    """A model was fitted: its classes and features may be others now. Its name stays (`_names`)."""
    _known.pop(id(model), None)


def _make(method: Method, model: Any) -> Monitored:
    try:
        described = method.describe(model, method.operation)
    except Exception as error:  # noqa: BLE001  attributes of a stranger's object may raise anything
        _guard.warn_once(type(error).__name__, f"a {type(model).__name__} cannot be described", type(model).__name__)
        described = Description()
    named = identity(name_of(model, method.operation, local=described.name), version_of(model))
    about = Model(named, method.operation, described.task_type, described.feature_names, framework=method.library)
    return Monitored(about, _readable(method.features))


def _readable(find: Finder) -> Finder:
    """What is passed to a model may be anything, also wrong: then there are no features, and the model says what."""

    def read(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return find(args, kwargs)
        except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
            unreadable("features", None, error)
            return None

    return read


def _remember(method: Method, model: Any, made: Monitored) -> Monitored:
    key = id(model)
    known = _known.get(key)
    if known is None or known[0]() is not model:
        try:
            known = weakref.ref(model, lambda _: _known.pop(key, None)), {}
        except TypeError:  # it has no weak references: looked at anew every time
            return made
        _known[key] = known
    return known[1].setdefault(method.operation, made)
