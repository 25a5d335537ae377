"""LightGBM: its estimators, and `Booster.predict`."""

import re
from types import ModuleType
from typing import Any

from model_monitoring.instrument._models import Description, argument
from model_monitoring.instrument.base import Instrumentor, family
from model_monitoring.instrument.sklearn import class_of
from model_monitoring.instrument.sklearn import describe as describe_estimator

__all__ = ["LightGBMInstrumentor"]

_EXPLAINING = ("pred_leaf", "pred_contrib")
_TASKS = {"binary": "binary", "multiclass": "multiclass", "multiclassova": "multiclass", "regression": "regression"}


class LightGBMInstrumentor(Instrumentor):
    """Hooks the two ways in."""

    library = "lightgbm"
    _instruments = ("lightgbm >= 4.0",)

    def _patch(self, module: ModuleType) -> None:
        self._count(module.Booster, "predict", argument("data"), describe_booster, ignored=_explains)
        for estimator in family(module.LGBMModel):
            for name in ("predict", "predict_proba"):
                self._count(estimator, name, argument("X"), describe_estimator, answer=class_of, ignored=_explains)


def _explains(_: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return any(map(kwargs.get, _EXPLAINING))


def describe_booster(model: Any, _: str) -> Description:
    """Task of a booster, by its objective, and the names of its features."""
    # Not `params`: it knows aliases, and nothing of a model that was loaded.
    found = re.search(r"^objective=(\w+)", model.model_to_string(num_iteration=1), re.MULTILINE)
    return Description(_TASKS.get(found[1], "") if found else "", tuple(model.feature_name()))
