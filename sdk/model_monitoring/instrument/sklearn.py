"""scikit-learn, and every estimator that is made as its documentation says: subclasses of `BaseEstimator`.

`predict`, `predict_proba`, `predict_log_proba` and `decision_function` are predictions, wherever a class of the
estimator's line defines them (mixins too). `fit` and `score` of an estimator are not, whatever they call.
"""

import sys
from types import ModuleType
from typing import Any

from model_monitoring import _guard
from model_monitoring.instrument._models import Description, argument
from model_monitoring.instrument.base import Instrumentor, family

__all__ = ["SklearnInstrumentor"]

_COUNTED = ("predict", "predict_proba", "predict_log_proba", "decision_function")
_QUIET = ("fit", "partial_fit", "fit_predict", "fit_transform", "score")
_OTHERS = frozenset({"builtins", "lightgbm", "xgboost"})
"""Packages whose classes are not ours to hook: those with an instrumentor of their own."""


class SklearnInstrumentor(Instrumentor):
    """Hooks every estimator that exists, and every one that will."""

    library = "sklearn"
    modules = ("sklearn.base", "sklearn.utils.parallel")
    _instruments = ("scikit-learn >= 1.4",)

    def _patch(self, module: ModuleType) -> None:
        if module.__name__ == "sklearn.utils.parallel":
            # What its workers run is part of an outer call, in threads that know nothing of that call.
            if worker := getattr(module, "_FuncWrapper", None):
                self._quiet(worker, "__call__")
            return
        for estimator in family(module.BaseEstimator):
            self._hook(estimator)
        self._hook_future(module.BaseEstimator)

    def _hook_future(self, base: Any) -> None:
        inherited = base.__init_subclass__.__func__

        def __init_subclass__(cls: Any, /, **kwargs: Any) -> None:  # noqa: N807  it becomes that method
            inherited(cls, **kwargs)
            try:
                self._hook(cls)
            except Exception as error:  # noqa: BLE001  this is in the middle of the host's class
                _guard.report(error, f"hooking {cls!r}")

        self._patches.replace(base, "__init_subclass__", classmethod(__init_subclass__))

    def _hook(self, estimator: type) -> None:
        for kind in estimator.__mro__:
            if kind.__module__.partition(".")[0] in _OTHERS:
                continue
            for name in _COUNTED:
                self._count(kind, name, argument("X"), describe, answer=class_of)
            for name in _QUIET:
                self._quiet(kind, name)


def describe(model: Any, operation: str) -> Description:
    """Task and feature names of a fitted estimator; nothing that it does not tell."""
    names = getattr(model, "feature_names_in_", None)
    return Description(_task_of(model, operation), None if names is None else tuple(map(str, names)))


def _task_of(model: Any, operation: str) -> str:
    classes = getattr(model, "classes_", None)
    if classes is not None and not isinstance(classes, list):  # a list: several outputs
        task = "binary" if len(classes) == 2 else "multiclass"
        is_share = operation in ("predict", "predict_proba")
        return task if is_share or (task == "binary" and operation == "decision_function") else ""
    is_regressor = getattr(sys.modules.get("sklearn.base"), "is_regressor", None)
    return "regression" if is_regressor is not None and operation == "predict" and is_regressor(model) else ""


def class_of(model: Any, output: Any) -> Any:
    """The answer of a classifier whose classes are floats, said to be classes; any other answer as it is."""
    is_float = getattr(getattr(output, "dtype", None), "kind", "") == "f" and output.ndim == 1
    classes = getattr(model, "classes_", None) if is_float else None
    return {"class": output} if getattr(getattr(classes, "dtype", None), "kind", "") == "f" else output
