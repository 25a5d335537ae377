"""Monitoring of models whose code nobody touches.

opentelemetry-instrument python serve.py

or, in code, before or after the libraries are imported:

from model_monitoring.instrument import instrument_all

instrument_all()
"""

from typing import Any

from model_monitoring.instrument._models import Description, argument
from model_monitoring.instrument.base import Instrumentor, family
from model_monitoring.instrument.lightgbm import LightGBMInstrumentor
from model_monitoring.instrument.onnx import OnnxInstrumentor
from model_monitoring.instrument.sklearn import SklearnInstrumentor
from model_monitoring.instrument.torch import TorchInstrumentor
from model_monitoring.instrument.xgboost import XGBoostInstrumentor

__all__ = [
    "Description",
    "Instrumentor",
    "LightGBMInstrumentor",
    "OnnxInstrumentor",
    "SklearnInstrumentor",
    "TorchInstrumentor",
    "XGBoostInstrumentor",
    "argument",
    "family",
    "instrument_all",
    "uninstrument_all",
]

_ALL = (LightGBMInstrumentor, OnnxInstrumentor, SklearnInstrumentor, TorchInstrumentor, XGBoostInstrumentor)


def instrument_all(**options: Any) -> None:
    """Instrument every library that is supported, as `opentelemetry-instrument` does; never raises.

    Args:
        options: as of `Instrumentor.instrument`.
    """
    for instrumentor in _ALL:
        instrumentor().instrument(**options)


def uninstrument_all() -> None:
    """Put back everything that `instrument_all` or `opentelemetry-instrument` has replaced."""
    for instrumentor in _ALL:
        instrumentor().uninstrument()
