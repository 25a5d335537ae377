"""From counts to verdicts: pure functions of a window, a reference and settings."""

from model_monitoring_processor.evaluate.distribution import DisplayCell, Distribution, distribution
from model_monitoring_processor.evaluate.evaluate import evaluate
from model_monitoring_processor.evaluate.serialize import snapshot_from_dict, snapshot_to_dict

__all__ = [
    "DisplayCell",
    "Distribution",
    "distribution",
    "evaluate",
    "snapshot_from_dict",
    "snapshot_to_dict",
]
