"""One prediction: start, then stop or fail. This is the hot path, on the caller's thread.

It copies and puts into the ring; everything else happens in the background. Nothing here waits, and no error of ours
leaves it (`_guard`).
"""

from collections.abc import Callable
from contextlib import suppress
from contextvars import Token
from typing import Any

from model_monitoring import _clock, _guard, _outermost, _runtime
from model_monitoring._call import Call
from model_monitoring._capture import Captured, capture, capture_count
from model_monitoring._given import read_ids, read_times, unreadable
from model_monitoring._ids import Ids, new_ids
from model_monitoring._monitored import Capture, Monitored
from model_monitoring._outermost import inside
from model_monitoring._output import copy_output, rows_of_output, size_of_output
from model_monitoring._request import claim_id, remember
from model_monitoring._segments import read_segments
from model_monitoring._spans import OpenSpan
from model_monitoring._suppress import reason_to_exclude
from model_monitoring._values import PLAIN

__all__ = ["Monitored", "Prediction"]


class Prediction(Call):
    """The life of one call of a monitored function."""

    _given_ids: tuple[str, ...] | None = None
    _span: OpenSpan | None = None
    _mode: Capture = "features"
    _paused_ns = 0
    _token: Token[bool] | None = None

    def start(self, monitored: Monitored, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Copy the features, before the model can change them, and start the clock."""
        self.model, find, find_ids, find_times, find_segments, mode = monitored
        self.start_ns = _clock.time_ns()
        try:
            runtime = _runtime.active or _runtime.current()
            if excluded := reason_to_exclude(self.model.identity.name):
                self.excluded = excluded
            if mode != "features":
                self._mode = mode
            if find is not None:
                self.take(find(args, kwargs))
            if find_ids is not None:
                self._given_ids = read_ids(find_ids, args, kwargs)
            if find_times is not None:
                self.times = read_times(find_times, args, kwargs, self.captured)
            if find_segments is not None:
                self.segments = read_segments(find_segments, args, kwargs, self.captured)
            if runtime.tracer is not None and not self.excluded:
                self._span = OpenSpan.start(runtime.tracer, self.model)
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "starting a prediction")
        if _outermost.watched:
            self._token = inside.set(True)
        self._begun = _clock.perf_counter_ns()

    def take(self, features: Any) -> None:
        """Copy the features, or count their rows where no more is to be kept."""
        limits = (_runtime.active or _runtime.current()).ring.limits
        try:
            self.captured = (capture if self._mode == "features" else capture_count)(features, limits)
        except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
            unreadable("features", features, error)

    def pause(self) -> None:
        """Stand aside while a generator waits for its next turn: its caller is not in the prediction."""
        self._paused_ns = _clock.perf_counter_ns()
        try:
            self._leave()
            if self._span is not None:
                self._span.pause()
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "pausing a prediction")

    def resume(self) -> None:
        """Go on; the time in between does not count."""
        try:
            if _outermost.watched:
                self._token = inside.set(True)
            if self._span is not None:
                self._span = self._span.resumed()
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "resuming a prediction")
        self._begun += _clock.perf_counter_ns() - self._paused_ns

    def reserve(self) -> Ids | None:
        """Settle the ids before the end, for whoever asks early; None where there will be none."""
        if self.ids is None and self._mode != "latency":
            captured = self.captured
            self.ids = self._ids_of(1 if captured is None else captured.sampled_from or captured.rows)
        return self.ids

    def stop(self, output: Any, duration_ns: int | None = None, *, copied: bool = False) -> None:
        """Copy what the model answered and hand everything over.

        Args:
            output: the answer.
            duration_ns: how long it took, where that is known from elsewhere; negative: unknown.
            copied: whether the answer is what `copy_output` made already, of the rows that are kept.
        """
        self.duration_ns = _clock.perf_counter_ns() - self._begun if duration_ns is None else duration_ns
        if self._token is not None:
            self._leave()
        if self._mode == "latency":
            self._stop_counting()
            return
        try:
            if type(output) in PLAIN or copied:
                self.output = output
            else:
                self._copy(output)
            captured = self.captured or self._without_features()
            self.rows = rows = captured.sampled_from or captured.rows
            self.size += captured.size
            self.ids = self._ids_of(rows)
            remember(None if self.excluded else self.ids)
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
        self._leave()
        self.error_type = type(error).__qualname__
        try:
            self._end_span(lambda span: span.fail(self.model, self.captured, self.error_type))
            self.captured = self.times = self.segments = None
            (_runtime.active or _runtime.current()).put(self)
        except Exception as ours:  # noqa: BLE001  never into the host
            self._trouble(ours)

    def _stop_counting(self) -> None:
        """End a call of which only the duration and the number of rows are kept: there are no ids to speak of."""
        try:
            captured, self.captured = self.captured, None
            self.rows = 1 if captured is None else captured.sampled_from or captured.rows
            self.times = self.segments = None
            remember(None)
            if self._span is not None:
                self._close_span(captured, None)
            (_runtime.active or _runtime.current()).put(self)
        except Exception as error:  # noqa: BLE001  never into the host
            self._trouble(error)

    def _leave(self) -> None:
        token, self._token = self._token, None
        if token is not None:
            with suppress(ValueError):  # begun in another context, which has its own
                inside.reset(token)

    def _close_span(self, captured: Captured | None, ids: Ids | None) -> None:
        def close(span: OpenSpan) -> None:
            self.span_context = span.close(self.model, captured, self.output, ids, self.rows)

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
        rows = rows_of_output(self.output)
        self.captured = Captured("rows", (), [()] * rows, rows, 0)
        return self.captured

    def _ids_of(self, rows: int) -> Ids:
        if self.ids is not None:  # somebody has asked for them before
            return self.ids.resized(rows)
        given = claim_id(rows) if self._given_ids is None else self._given_ids
        if given is not None and len(given) != rows:
            _guard.warn_once("PredictionIdLength", f"{len(given)} prediction ids for {rows} rows: own ids are used")
            given = None
        return new_ids(self.start_ns, rows, given)
