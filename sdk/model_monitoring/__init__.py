"""Monitoring of predictive models, OpenTelemetry-native.

from model_monitoring import last_prediction_id, monitor_model, record_label

@monitor_model(name="churn", version="3", task_type="binary")
def predict(customer): ...

record_label(prediction_id, True)  # hours or days later, from any process
"""

from model_monitoring._decorator import monitor_model
from model_monitoring._ids import last_prediction_id, last_prediction_ids
from model_monitoring._labels import record_label, record_labels
from model_monitoring._lifecycle import flush_on_sigterm
from model_monitoring._monitor import monitor
from model_monitoring._policy import configure
from model_monitoring._privacy import treat_features
from model_monitoring._runtime import flush
from model_monitoring._span_context import predict_span
from model_monitoring._suppress import suppress_monitoring

__all__ = [
    "configure",
    "flush",
    "flush_on_sigterm",
    "last_prediction_id",
    "last_prediction_ids",
    "monitor",
    "monitor_model",
    "predict_span",
    "record_label",
    "record_labels",
    "suppress_monitoring",
    "treat_features",
]
