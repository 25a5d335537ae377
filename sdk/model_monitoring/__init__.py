"""Monitoring of predictive models, OpenTelemetry-native.

from model_monitoring import last_prediction_id, monitor_model, record_label

@monitor_model(name="churn", version="3", task_type="binary")
def predict(customer): ...

record_label(prediction_id, True)  # hours or days later, from any process
"""

from model_monitoring._decorator import monitor_model
from model_monitoring._ids import last_prediction_id, last_prediction_ids
from model_monitoring._labels import record_label, record_labels
from model_monitoring._runtime import flush

__all__ = ["flush", "last_prediction_id", "last_prediction_ids", "monitor_model", "record_label", "record_labels"]
