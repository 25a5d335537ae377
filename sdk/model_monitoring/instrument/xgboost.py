"""XGBoost: its estimators, and `Booster.predict` and `inplace_predict`.

A DMatrix gives back what it was made of only as a copy that takes longer than a prediction, so its constructor is
watched: see `_matrices`.
"""

import functools
import json
import math
from types import ModuleType
from typing import Any

from model_monitoring import _guard
from model_monitoring._matrices import remember_source
from model_monitoring.instrument._models import Description, argument
from model_monitoring.instrument.base import Instrumentor, family
from model_monitoring.instrument.sklearn import class_of
from model_monitoring.instrument.sklearn import describe as describe_estimator

__all__ = ["XGBoostInstrumentor"]

_EXPLAINING = ("pred_leaf", "pred_contribs", "approx_contribs", "pred_interactions", "training")
_MAX_KEPT = 1 << 17
"""Values of a source that is kept alive as long as its DMatrix is: a mebibyte of doubles."""


class XGBoostInstrumentor(Instrumentor):
    """Hooks the two ways in."""

    library = "xgboost"
    _instruments = ("xgboost >= 2.0",)

    def _patch(self, module: ModuleType) -> None:
        self._count(module.Booster, "predict", argument("data"), describe_booster, ignored=_explains)
        self._count(module.Booster, "inplace_predict", argument("data"), describe_booster)
        self._remember(module.DMatrix)
        self._remember(module.QuantileDMatrix)
        for estimator in family(module.XGBModel) if hasattr(module, "XGBModel") else ():  # it needs scikit-learn
            self._count(estimator, "predict", argument("X"), describe_estimator, answer=class_of)
            self._count(estimator, "predict_proba", argument("X"), describe_estimator)

    def _remember(self, matrix: type) -> None:
        self._replace(matrix, "__init__", _remembering)


def _remembering(original: Any) -> Any:
    @functools.wraps(original)
    def __init__(self: Any, data: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes that method
        original(self, data, *args, **kwargs)
        try:
            remember_source(self, data)
            # It is often made in the call, and gone after it: DMatrix(np.array(...)).
            if math.prod(getattr(data, "shape", (math.inf,))) <= _MAX_KEPT:
                self.model_monitoring_source = data
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "remembering the source of a DMatrix")

    return __init__


def _explains(_: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return any(map(kwargs.get, _EXPLAINING))


def describe_booster(model: Any, _: str) -> Description:
    """Task of a booster, by its objective, and the names of its features."""
    objective = json.loads(model.save_config())["learner"]["objective"]["name"]
    family_of, _, kind = objective.partition(":")
    tasks = {"binary": "binary", "multi": "multiclass", "reg": "regression", "count": "regression"}
    task = "" if kind in ("hinge", "logitraw") else tasks.get(family_of, "")
    names = model.feature_names
    return Description(task, None if names is None else tuple(names))
