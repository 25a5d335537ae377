"""The name of a model that no one named: from the environment, from the registry it came from, else from its class.

Two models of one class never share a name in silence: as long as the first is alive, the next has a number, and a
warning says how to name both.
"""

import sys
from threading import RLock
from typing import Any
from weakref import ref

from model_monitoring import _config, _guard
from model_monitoring._model import Identity
from model_monitoring._text import clean

__all__ = ["environment_name", "identity", "name_of", "service_name", "version_of"]

_MAX_TWINS = 16
"""Then names are shared after all, and said so: a program that copies its model for each request must not grow."""

_lock = RLock()
_named: dict[int, tuple[ref[Any], str]] = {}
"""By id of the object, as long as it lives."""


def identity(name: str | None, version: str | None = None, environment: str | None = None) -> Identity:
    """Identity of a model by its name."""
    return Identity.of(name, version, environment or environment_name())


def name_of(model: Any, operation: str = "", *, local: str = "") -> str:
    """Name of a model object; the same one as long as the object lives.

    Args:
        model: the object that predicts.
        operation: the method that is called; for the warning.
        local: what to call it within the service, where there is something better than the name of its class.

    Returns:
        What MODEL_MONITORING_MODEL_NAME says for its class, else the name in its MLflow registry, else
        `service.name/ClassName`, numbered where several such are alive.
    """
    known = _named.get(id(model))
    if known is not None and known[0]() is model:
        return known[1]
    try:
        given = _from_environment(type(model)) or _registered(model, "name")
        return clean(given) if given else _numbered(model, operation, local or type(model).__name__)
    except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
        _guard.warn_once(type(error).__name__, f"no name can be found for a {type(model).__name__}")
        return clean(type(model).__name__)


def version_of(model: Any) -> str:
    """Version of a model object in its MLflow registry; empty where it has none."""
    try:
        return clean(_registered(model, "version"))
    except Exception:  # noqa: BLE001  as above
        return ""


def service_name() -> str:
    """`service.name` of the environment, else of the application's TracerProvider; empty where it is unknown."""
    return _config.service_name() or _of_resource("service.name")


def environment_name() -> str:
    """`deployment.environment.name`, from where `service_name` looks."""
    key = "deployment.environment.name"
    return _config.resource_attribute(key) or _of_resource(key)


def _of_resource(key: str) -> str:
    api = sys.modules.get("opentelemetry.trace")
    resource = getattr(api.get_tracer_provider(), "resource", None) if api is not None else None
    value = str(resource.attributes.get(key, "")) if resource is not None else ""
    return "" if value.startswith("unknown_service") else value


def _from_environment(kind: type) -> str:
    """A bare name is every model's; `ClassName=name` or `module.ClassName=name` that of a class."""
    for entry in filter(None, _config.text("MODEL_MONITORING_MODEL_NAME").split(",")):
        class_name, equals, name = map(str.strip, entry.rpartition("="))
        if not equals or class_name in (kind.__name__, f"{kind.__module__}.{kind.__qualname__}"):
            return name
    return ""


def _registered(model: Any, what: str) -> str:
    """What MLflow knows of a model that it loaded: `registered_model_name`, `.._version` of its metadata, its name."""
    meta = getattr(model, "_model_meta", None)
    if meta is None or not type(meta).__module__.startswith("mlflow."):
        return ""
    told = getattr(meta, "metadata", None) or {}
    return str(told.get(f"registered_model_{what}") or getattr(meta, "name" if what == "name" else "", "") or "")


def _numbered(model: Any, operation: str, local: str) -> str:
    key, kind, service = id(model), type(model).__name__, service_name()
    plain = clean(f"{service}/{local}" if service else local)
    with _lock:
        taken = {name for alive, name in list(_named.values()) if alive() is not None}
        name = next((n for n in _candidates(plain) if n not in taken), plain)
        try:
            _named[key] = (ref(model, lambda _: _forget(key)), name)
        except TypeError:  # an object without weak references: it cannot be told apart
            return plain
    if name != plain or plain in taken:
        _guard.warn_once(
            "ModelName",
            f"several models of class {kind} predict: this one is called {name}. Name them: monitor(model, name=...), "
            f"or MODEL_MONITORING_MODEL_NAME={kind}=... where they are one ({operation or 'predict'})",
            f"ModelName:{plain}",
        )
    return name


def _candidates(plain: str) -> list[str]:
    return [plain, *(f"{plain}#{number}" for number in range(2, _MAX_TWINS + 1))]


def _forget(key: int) -> None:
    entry = _named.get(key)
    if entry is not None and entry[0]() is None:
        del _named[key]
