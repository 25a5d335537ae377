"""A model's identity as metric attributes."""

from model_monitoring import semconv
from model_monitoring_processor.types import ModelId

__all__ = ["identity"]


def identity(model: ModelId) -> dict[str, str]:
    """Attributes that name a model; what is empty is left out, for Prometheus cannot tell it from absent.

    >>> identity(ModelId("churn", "3"))
    {'ml.model.name': 'churn', 'ml.model.version': '3'}
    """
    values = (model.name, model.version, model.environment)
    names = (semconv.MODEL_NAME, semconv.MODEL_VERSION, semconv.ENVIRONMENT)
    return {name: value for name, value in zip(names, values, strict=True) if value}
