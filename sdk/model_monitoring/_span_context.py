"""`with predict_span("churn", features=...) as p`: a prediction that is no function of its own."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from model_monitoring import _config, _guard, _names
from model_monitoring._model import Model
from model_monitoring._monitored import Capture, Monitored, checked
from model_monitoring._prediction import Prediction
from model_monitoring._text import clean

if TYPE_CHECKING:
    from model_monitoring._ids import Ids

__all__ = ["PredictSpan", "predict_span"]


class PredictSpan:
    """One prediction, from `with` to the end of its block. `async with` does the same."""

    def __init__(self, asked: tuple[Any, ...], names: Sequence[str] | None, given: dict[str, Any]) -> None:
        self._asked, self._names, self._given = asked, names, given
        self._prediction: Prediction | None = None
        self._ids: Ids | None = None
        self.output: Any = None
        """What the model answered, to be set in the block."""

    @property
    def prediction_id(self) -> str | None:
        """Id of the prediction (of its first row), in the block and after it; None where nothing is recorded."""
        ids = self.prediction_ids
        return ids[0] if ids else None

    @property
    def prediction_ids(self) -> list[str]:
        """Ids of all rows, as far as they are known: all where the features are, or after the block."""
        try:
            ids = None if self._prediction is None else self._prediction.reserve()
            if ids is not None and self._ids is not None and self._ids.rows > ids.rows:
                ids = self._ids  # the prediction keeps those of the rows that were sampled
            return [] if ids is None else [ids.text(row) for row in range(ids.rows)]
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "reading a prediction's id")
            return []

    def __enter__(self) -> Self:
        if _config.disabled():
            return self
        try:
            monitored = _monitored(*self._asked, None if self._names is None else tuple(map(str, self._names)))
            prediction = Prediction()
            prediction.start(monitored, (), self._given)
            self._prediction = prediction
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.warn_once(type(error).__name__, f"a prediction is not monitored: {type(error).__name__}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._prediction is None:
            return
        if error is not None:
            self._prediction.fail(error)
        else:
            self._settle(self._prediction)
            self._prediction.stop(self.output)

    def _settle(self, prediction: Prediction) -> None:
        try:
            self._ids = prediction.reserve()
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "settling a prediction's ids")

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def set_features(self, features: Any) -> None:
        """Copy the features now, where they were not known at the beginning of the block."""
        if self._prediction is not None:
            self._prediction.take(features)


def predict_span(
    name: str,
    *,
    version: str | None = None,
    environment: str | None = None,
    features: Any = None,
    feature_names: Sequence[str] | None = None,
    task_type: str | None = None,
    prediction_id: Any = None,
    event_time: Any = None,
    segments: Mapping[str, Any] | None = None,
    capture: Capture = "features",
) -> PredictSpan:
    """Monitor the block of a `with` (or `async with`) as one prediction.

    An exception that leaves the block is counted as the model's, and passes unchanged.

        with predict_span("churn", version="3", features=row) as p:
            p.output = model(row)
        reply = {"score": p.output, "prediction_id": p.prediction_id}

    Args:
        name: of the model.
        version: of the model.
        environment: where it runs. Default: `deployment.environment.name` of OTEL_RESOURCE_ATTRIBUTES.
        features: what the model is given; copied here. Default: none, or what `set_features` is given in the block.
        feature_names: names of the columns, for data without names of its own.
        task_type: `binary`, `multiclass` or `regression`; tells a score from a value.
        prediction_id: the caller's own id, or one per row. Default: ids made here.
        event_time: when the predictions happened, one time or one per row. Default: now.
        segments: values by which results may be sliced, each one or one per row.
        capture: `features` (and outputs), `outputs` alone, or `latency` alone (and the number of rows).
    """
    asked = (name, version, environment, task_type, features is not None, segments is not None, capture)
    given = {"features": features, "prediction_id": prediction_id, "event_time": event_time, "segments": segments}
    return PredictSpan(asked, feature_names, given)


@lru_cache(1000)
def _monitored(  # noqa: PLR0917  a private constructor; hashed whole
    name: str,
    version: str | None,
    environment: str | None,
    task_type: str | None,
    has_features: bool,
    has_segments: bool,
    capture: Capture,
    names: tuple[str, ...] | None,
) -> Monitored:
    model = Model(_names.identity(name, version, environment), "", clean(str(task_type or "")).strip(), names)
    return Monitored(
        model,
        (lambda _, given: given["features"]) if has_features else None,
        lambda _, given: given["prediction_id"],
        lambda _, given: given["event_time"],
        (lambda _, given: given["segments"]) if has_segments else None,
        checked(capture),
    )
