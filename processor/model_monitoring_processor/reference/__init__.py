"""The frozen reference: what traffic is compared with."""

from model_monitoring_processor.reference.build import build
from model_monitoring_processor.reference.columns import CategoricalReference, NumericReference, ReferenceColumn
from model_monitoring_processor.reference.load import load
from model_monitoring_processor.reference.reference import Reference

__all__ = ["CategoricalReference", "NumericReference", "Reference", "ReferenceColumn", "build", "load"]
