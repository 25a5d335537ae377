"""For code that hands over its predictions itself: serving metrics for Prometheus, events over OTLP."""

import datetime as dt
from typing import Any

from model_monitoring import _config, _guard, _ids, _runtime
from model_monitoring._bind import Finder
from model_monitoring._labels import record_label
from model_monitoring._model import Model
from model_monitoring._names import identity
from model_monitoring._prediction import Monitored, Prediction
from model_monitoring._prometheus import expose
from model_monitoring._text import clean

__all__ = ["MetricsCollector"]


class MetricsCollector:
    """Logs the predictions and the true outcomes of one model.

    Serving metrics are on the default registry of prometheus_client, next to the application's own
    (`prometheus_client.start_http_server(port=8000)` serves them). Features, predictions and labels go out as OTLP
    events where an endpoint is set (`OTEL_EXPORTER_OTLP_ENDPOINT`); without one they are counted and dropped.

    Args:
        model_name: of the model.
        version: of the model.
        environment: where it runs. Default: `deployment.environment.name` of OTEL_RESOURCE_ATTRIBUTES.
        task_type: `binary`, `multiclass` or `regression`; tells a score from a value.
    """

    def __init__(
        self,
        model_name: str,
        *,
        version: str | None = None,
        environment: str | None = None,
        task_type: str | None = None,
    ) -> None:
        sends = bool(_config.endpoint("logs")) or _config.debugging()
        model = Model(
            identity(model_name, version, environment), task_type=clean(str(task_type or "")).strip(), sends=sends
        )
        self._monitored = Monitored(
            model, _argument("features"), prediction_id=_argument("prediction_id"), event_time=_argument("time")
        )
        self._disabled = _config.disabled()
        if not self._disabled:
            expose()

    def log_prediction(
        self,
        features: Any,
        prediction: Any,
        latency_ms: float | None = None,
        *,
        prediction_id: str | None = None,
        time: dt.datetime | float | None = None,
    ) -> str:
        """Log one prediction, or one call of several rows; never waits and never raises.

        Args:
            features: dict of scalars (one row), or any other form that `monitor_model` takes.
            prediction: what the model answered.
            latency_ms: how long it took, milliseconds.
            prediction_id: an id of the caller's own, for one row.
            time: when it happened: datetime or unix seconds. Default: now.

        Returns:
            The prediction id (of the first row), to be given to `log_ground_truth` when the outcome is known.
        """
        if self._disabled:
            return prediction_id or _ids.new_id()
        logged = Prediction()
        try:
            expose()  # once more in a forked child
            duration_ns = -1 if latency_ms is None else round(float(latency_ms) * 1e6)
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "logging a prediction")
            duration_ns = -1
        given = {"features": features, "prediction_id": prediction_id, "time": time}
        logged.start(self._monitored, (), given)
        logged.start_ns -= max(duration_ns, 0)
        logged.stop(prediction, duration_ns)
        return logged.ids.text(0) if logged.ids is not None and logged.ids.rows else _ids.new_id()

    def log_ground_truth(
        self, prediction_id: str, actual_label: Any, *, time: dt.datetime | float | None = None
    ) -> None:
        """Log the true outcome of a prediction: hours or days later, from any process.

        An id that nobody has seen is no error: the label is sent and counted all the same, for the prediction may
        have been made elsewhere.

        Args:
            prediction_id: what `log_prediction` returned.
            actual_label: the outcome: a number, bool or text.
            time: when it was known: datetime or unix seconds. Default: now.
        """
        model = self._monitored.model
        if self._disabled:
            return
        if model.sends:
            record_label(prediction_id, actual_label, model=model.identity.name, time=time)
        else:
            ledger = _runtime.current().ledger
            ledger.take_labels(model.identity, 1)
            ledger.drop(model.identity, "exporter_none", 1, labels=True)


def _argument(name: str) -> Finder:
    return lambda _, kwargs: kwargs[name]
