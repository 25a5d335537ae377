"""One prediction: start, then stop or fail. This is the hot path, on the caller's thread.

It copies and puts into the ring; everything else happens in the background. Nothing here waits, and no error of ours
leaves it (`_guard`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from model_monitoring import _clock, _guard, _runtime
from model_monitoring._bind import Finder
from model_monitoring._call import Call
from model_monitoring._capture import Captured, capture
from model_monitoring._given import read_ids, read_times, unreadable
from model_monitoring._ids import Ids, new_ids, remember
from model_monitoring._model import Model
from model_monitoring._output import copy_output, size_of_output
from model_monitoring._spans import OpenSpan
from model_monitoring._values import PLAIN

__all__ = ["Monitored", "Prediction"]


class Monitored(NamedTuple):
    """What the decorator knows of a function."""

    model: Model
    features: Finder
    prediction_id: Finder | None
    event_time: Finder | None


class Prediction(Call):
    """The life of one call of a monitored function."""

    _given_ids: tuple[str, ...] | None = None
    _span: OpenSpan | None = None

    def start(self, monitored: Monitored, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Copy the features, before the model can change them, and start the clock."""
        self.model = monitored.model
        self.start_ns = _clock.time_ns()
        try:
            runtime = _runtime.active or _runtime.current()
            features = monitored.features(args, kwargs)
            try:
                self.captured = capture(features, runtime.ring.limits)
            except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
                unreadable("features", features, error)
            if monitored.prediction_id is not None:
                self._given_ids = read_ids(monitored.prediction_id, args, kwargs)
            if monitored.event_time is not None:
                self.times = read_times(monitored.event_time, args, kwargs, self.captured)
            if runtime.tracer is not None:
                self._span = OpenSpan.start(runtime.tracer, monitored.model)
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "starting a prediction")
        self._begun = _clock.perf_counter_ns()

    def stop(self, output: Any) -> None:
        """Copy what the model answered and hand everything over."""
        self.duration_ns = _clock.perf_counter_ns() - self._begun
        try:
            if type(output) in PLAIN:
                self.output = output
            else:
                self._copy(output)
            captured = self.captured or self._without_features()
            self.rows = rows = captured.sampled_from or captured.rows
            self.size += captured.size
            self.ids = new_ids(self.start_ns, rows, None if self._given_ids is None else self._checked_ids(rows))
            remember(self.ids)
            if self._span is not None:
                self._close_span(captured, self.ids)
            if captured.kept:
                self.ids, self.weight = self.ids.take(captured.kept), rows / captured.rows
            (_runtime.active or _runtime.current()).put(self)
        except Exception as error:  # noqa: BLE001  never into the host
            self._trouble(error)

    def fail(self, error: BaseException) -> None:
        """Count the exception of the model; it goes on to the caller unchanged."""
        self.duration_ns = _clock.perf_counter_ns() - self._begun
        self.error_type = type(error).__qualname__
        try:
            self._end_span(lambda span: span.fail(self.model, self.captured, self.error_type))
            self.captured = self.times = None
            (_runtime.active or _runtime.current()).put(self)
        except Exception as ours:  # noqa: BLE001  never into the host
            self._trouble(ours)

    def _close_span(self, captured: Captured, ids: Ids) -> None:
        def close(span: OpenSpan) -> None:
            self.span_context = span.close(self.model, captured, self.output, ids)

        self._end_span(close)

    def _end_span(self, end: Callable[[OpenSpan], None]) -> None:
        """End the span, if there is one; the rows go out whatever the app's span processors raise."""
        span, self._span = self._span, None
        try:
            if span is not None:
                end(span)
        except Exception as error:  # noqa: BLE001  as above
            _guard.report(error, "ending a span")

    def _trouble(self, error: Exception) -> None:
        """An error of ours at the end of a call: a span that is still current must not stay so in the host."""
        try:
            self._end_span(lambda span: span.fail(self.model, None, type(error).__qualname__))
        finally:
            _guard.report(error, "finishing a prediction")

    def _copy(self, output: Any) -> None:
        try:
            self.output = copy_output(output, self.captured.kept if self.captured else None)
            self.size += size_of_output(self.output)
        except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
            unreadable("output", output, error)

    def _without_features(self) -> Captured:
        """Rows of which only the answer could be read."""
        answer = self.output
        rows = len(answer) if hasattr(answer, "__len__") and not isinstance(answer, str | dict) else 1
        self.captured = Captured("rows", (), [()] * rows, rows, 0)
        return self.captured

    def _checked_ids(self, rows: int) -> tuple[str, ...] | None:
        given = self._given_ids or ()
        if len(given) == rows:
            return given
        _guard.warn_once("PredictionIdLength", f"{len(given)} prediction ids for {rows} rows: own ids are used")
        return None
