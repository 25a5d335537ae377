"""What every instrumentor has: the arguments of OpenTelemetry's, its library's version checked, and the way back.

One for a library of your own is a few lines (docs/instrumentation.md):

    class CatBoostInstrumentor(Instrumentor):
        library = "catboost"
        _instruments = ("catboost >= 1.2",)

        def _patch(self, module):
            self._count(module.CatBoost, "predict", argument("data"))
"""

import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from model_monitoring import _config, _guard, _providers
from model_monitoring.instrument._calls import Hooks, active, counted, observers, quiet
from model_monitoring.instrument._imports import forget, when_imported
from model_monitoring.instrument._models import Description, Method
from model_monitoring.instrument._patches import Patches

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from model_monitoring._bind import Finder

__all__ = ["Instrumentor", "family"]

_logger = logging.getLogger("model_monitoring")


class Instrumentor:
    """Hooks the methods of one library that predict. All instances of a class are one: what they did is the class's."""

    library: ClassVar[str]
    """Package that is imported; also the value of `ml.framework.name`."""
    modules: ClassVar[tuple[str, ...]] = ()
    """Modules that are patched, each as soon as it is imported. Default: the library's own."""
    evaluates: ClassVar[bool] = True
    """Whether the library calls models for its own ends (scores, cross-validation): such calls do not count."""
    _instruments: ClassVar[tuple[str, ...]]
    """One requirement: `("catboost >= 1.2",)`."""
    _patches: ClassVar[Patches]

    def __init_subclass__(cls) -> None:
        cls._patches = Patches()

    def instrumentation_dependencies(self) -> Collection[str]:
        """What is instrumented, as OpenTelemetry's tools ask for it."""
        return self._instruments

    def instrument(
        self,
        *,
        tracer_provider: "TracerProvider | None" = None,
        meter_provider: "MeterProvider | None" = None,
        logger_provider: "LoggerProvider | None" = None,
        request_hook: Callable[[Any, Any, tuple[Any, ...], dict[str, Any]], object] | None = None,
        response_hook: Callable[[Any, Any, Any], object] | None = None,
        **_: Any,
    ) -> None:
        """Hook the library: now if it is imported, else when it is. Never raises; a second call changes nothing.

        A library that is absent or too old is left alone, with one line in the log. Other arguments, such as
        `skip_dep_check`, are accepted and change nothing.

        Args:
            tracer_provider: for the spans; one for all libraries, to be given before the first prediction.
            meter_provider: for the metrics, likewise.
            logger_provider: for the events, likewise. Default: an exporter of our own, which is bounded in bytes.
            request_hook: called with the span (or None), the model, its positional and its keyword arguments.
            response_hook: called with the span (or None), the model and its result.
        """
        try:
            if _config.disabled() or self.library in active or not self._is_there():
                return
            _providers.use(_providers.Providers(tracer_provider, meter_provider, logger_provider))
            active[self.library] = Hooks(request_hook, response_hook)
            if self.evaluates:
                observers.add(self.library)
            for module in self.modules or (self.library,):
                when_imported(module, self.library, self._imported)
        except Exception as error:  # noqa: BLE001  never into the host, whose other instrumentors would not be loaded
            _guard.report(error, f"instrumenting {self.library}")

    def uninstrument(self, **_: Any) -> None:
        """Put back the very same functions, and leave alone what others have put over ours since. Never raises."""
        try:
            active.pop(self.library, None)
            observers.discard(self.library)
            forget(self.library)
            self._patches.restore()
        except Exception as error:  # noqa: BLE001  as above
            _guard.report(error, f"uninstrumenting {self.library}")

    def _patch(self, module: ModuleType) -> None:
        """Hook the methods of one of `modules`, by `_count` and `_quiet`."""
        raise NotImplementedError

    def _count(
        self,
        owner: type,
        name: str,
        features: "Finder",
        describe: Callable[[Any, str], Description] = lambda _model, _operation: Description(),
        **options: Any,
    ) -> None:
        """Make every call of a method a prediction; a class that does not define the method itself is left alone.

        Args:
            owner: class that defines it.
            name: of the method, and of the operation.
            features: finds the features in the arguments: `argument("X")`.
            describe: tells task and feature names of a model; called once per object.
            options: `answer` and `ignored` of `Method`.
        """
        method = Method(self.library, name, features, describe, **options)
        self._replace(owner, name, lambda original: counted(original, method))

    def _quiet(self, owner: type, name: str) -> None:
        """Make nothing that happens within a method a prediction: `fit`, `score`."""
        self._replace(owner, name, lambda original: quiet(original, self.library))

    def _replace(self, owner: type, name: str, wrap: Callable[[Any], Any]) -> None:
        original = vars(owner).get(name)
        if hasattr(original, "__get__") and not (
            isinstance(original, staticmethod | classmethod) or self._patches.holds(owner, name)
        ):
            try:
                self._patches.replace(owner, name, wrap(original))
            except TypeError:  # a class written in C
                return

    def _is_there(self) -> bool:
        if self.library in sys.modules or find_spec(self.library) is not None:
            return True
        _logger.info("%s is not installed: not instrumented", self.library)
        return False

    def _imported(self, module: ModuleType) -> None:
        try:
            if self.library not in active:
                return
            found, (needed,) = sys.modules[self.library].__version__, self._instruments
            if _numbers(found) < _numbers(needed.partition(">=")[2]):
                active.pop(self.library)
                _guard.warn_once("Version", f"{self.library} {found} is not instrumented: {needed} is needed")
                return
            self._patch(module)
        except Exception as error:  # noqa: BLE001  this is in the middle of the host's import
            _guard.report(error, f"instrumenting {self.library}")


def family(root: type) -> Iterable[type]:
    """A class and all classes below it that exist by now, each once."""
    found: dict[type, None] = {}
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found[kind] = None
            waiting += kind.__subclasses__()
    return found


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: `1.4rc1` is taken for `1.4`."""
    return tuple(map(int, re.findall(r"\d+", (re.match(r"[\d.]+", version.strip()) or [""])[0])))
