"""The library by its parts: `from model_monitoring.core import MetricsCollector`.

One lazy door: a part is imported when it is asked for, and a part whose dependencies are not installed names the
extra that brings them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_monitoring._collector import MetricsCollector

__all__ = ["MetricsCollector"]

_PARTS = {"MetricsCollector": ("model_monitoring._collector", "prometheus")}
"""By name: the module, and the extra that it needs."""


def __getattr__(name: str) -> Any:
    """Import a part.

    Raises:
        AttributeError: for a name that is no part.
        ImportError: where the extra is not installed.
    """
    if name not in _PARTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_PARTS)}")
    module, extra = _PARTS[name]
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        raise ImportError(f"{name} needs more: pip install 'otel-model-monitoring[{extra}]' ({error})") from error


def __dir__() -> list[str]:
    return sorted({*globals(), *_PARTS})
