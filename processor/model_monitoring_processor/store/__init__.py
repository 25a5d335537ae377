"""What survives: state, prediction rows and results, embedded in one folder (SQLite).

`state.db` decides what has happened. Rows of predictions and labels lie beside it, in files of an hour each, and
results in `registry.db`.
"""

from model_monitoring_processor.store.folder import StateFolder
from model_monitoring_processor.store.hour_file import LabelledRow, LabelOutcome, PredictionRow
from model_monitoring_processor.store.prediction_log import PredictionLog, unlink_files
from model_monitoring_processor.store.registry import Registry, StoredSnapshot
from model_monitoring_processor.store.state_change import ModelSeen, StateChange, StoredPane
from model_monitoring_processor.store.state_store import MAX_PENDING, SeenModel, StateStore

__all__ = [
    "MAX_PENDING",
    "LabelOutcome",
    "LabelledRow",
    "ModelSeen",
    "PredictionLog",
    "PredictionRow",
    "Registry",
    "SeenModel",
    "StateChange",
    "StateFolder",
    "StateStore",
    "StoredPane",
    "StoredSnapshot",
    "unlink_files",
]
