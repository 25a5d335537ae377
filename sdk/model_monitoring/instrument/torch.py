"""PyTorch: the call of a module, where that is a prediction.

By default every outermost call of a module that is in evaluation mode, while gradients are off (`torch.no_grad`,
`torch.inference_mode`). MODEL_MONITORING_TORCH_CLASSES, or `classes=`, names the only classes that count; those do in
any mode. Compiling and tracing see what they would see without us: `is_compiling()` is asked first, and is a constant
to the compiler.
"""

import functools
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, ClassVar

from model_monitoring import _config
from model_monitoring._outermost import inside
from model_monitoring.instrument._calls import counted, quiet
from model_monitoring.instrument._models import Description, Method
from model_monitoring.instrument.base import Instrumentor

__all__ = ["TorchInstrumentor"]


class TorchInstrumentor(Instrumentor):
    """Hooks `torch.nn.Module.__call__`."""

    library = "torch"
    evaluates = False  # `torch.compile` and `DataParallel` call modules for the application
    _instruments = ("torch >= 2.3",)
    _given: ClassVar[Iterable[str | type] | None] = None

    def instrument(self, *, classes: Iterable[str | type] | None = None, **options: Any) -> None:
        """Hook PyTorch, as `Instrumentor.instrument` says.

        Args:
            classes: names (`Ranker`) or classes whose calls are predictions; default: see the head of this file.
            options: as of `Instrumentor.instrument`.
        """
        type(self)._given = classes  # noqa: SLF001  all instances are one
        super().instrument(**options)

    def _patch(self, module: Any) -> None:
        method = Method(self.library, "forward", _first_input, _describe, answer=_first_output)
        given = _config.text("MODEL_MONITORING_TORCH_CLASSES").split(",") if self._given is None else self._given
        names = (kind.__name__ if isinstance(kind, type) else kind.strip() for kind in given)
        classes = frozenset(filter(None, names))
        self._replace(module.nn.Module, "__call__", lambda original: _hooked(original, method, module, classes))


def _hooked(original: Any, method: Method, torch: Any, classes: frozenset[str]) -> Callable[..., Any]:
    monitored, quietly = counted(original, method), quiet(original, method.library)
    is_compiling, is_tracing, has_gradients = torch.compiler.is_compiling, torch.jit.is_tracing, torch.is_grad_enabled
    otherwise = original if classes else quietly  # a frozen part of a module in training is no model of its own

    @functools.wraps(original)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807  it becomes that method
        if is_compiling() or inside.get() or is_tracing():
            return original(self, *args, **kwargs)
        if not ((type(self).__name__ in classes) if classes else not (self.training or has_gradients())):
            return otherwise(self, *args, **kwargs)
        if _is_torchs_own(sys._getframe(1)):  # noqa: SLF001  the caller
            return quietly(self, *args, **kwargs)
        return monitored(self, *args, **kwargs)

    return __call__


def _is_torchs_own(caller: FrameType) -> bool:
    """`torch.jit.trace` runs the module again, to compare; `DataParallel` runs its copies in threads of their own."""
    return str(caller.f_globals.get("__name__", "")).startswith(("torch.jit.", "torch.nn.parallel."))


def _describe(model: Any, _: str) -> Description:
    """The class below `torch.compile`'s wrapper."""
    return Description(name=type(getattr(model, "_orig_mod", model)).__name__)


def _first_input(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The first argument; keyword arguments where there is no other."""
    return args[1] if len(args) > 1 else next(iter(kwargs.values()), None)


def _first_output(_: Any, output: Any) -> Any:
    """The tensor, or the first one of several (logits, then hidden states)."""
    tensor = sys.modules["torch"].Tensor
    if isinstance(output, dict):
        return next((value for value in output.values() if isinstance(value, tensor)), None)
    return next((value for value in output if isinstance(value, tensor)), output) if type(output) is tuple else output
