"""One prediction: start, then stop or fail. This is the hot path, on the caller's thread.

It copies and puts into the ring; everything else happens in the background. Nothing here waits, and no error of ours
leaves it (`_guard`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from model_monitoring import _clock, _guard, _runtime
from model_monitoring._bind import Finder
from model_monitoring._capture import Captured, capture
from model_monitoring._ids import clean_id, new_ids, remember
from model_monitoring._model import Model
from model_monitoring._output import copy_output, size_of_output
from model_monitoring._ring import Call
from model_monitoring._runtime import Runtime
from model_monitoring._spans import OpenSpan
from model_monitoring._times import freeze
from model_monitoring._values import PLAIN

__all__ = ["Monitored", "Prediction"]

_T = TypeVar("_T")


class Monitored(NamedTuple):
    """What the decorator knows of a function."""

    model: Model
    features: Finder
    prediction_id: Finder | None
    event_time: Finder | None


class Prediction:
    """The life of one call of a monitored function."""

    __slots__ = (
        "_arguments",
        "_begun",
        "_captured",
        "_given_ids",
        "_monitored",
        "_runtime",
        "_span",
        "_start",
        "_time",
    )

    def __init__(self, monitored: Monitored) -> None:
        self._monitored = monitored
        self._captured: Captured | None = None
        self._span: OpenSpan | None = None
        self._given_ids: tuple[str, ...] | None = None
        self._time: Any = None

    def start(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Copy the features, before the model can change them, and start the clock."""
        monitored = self._monitored
        self._start = _clock.time_ns()
        try:
            self._runtime = runtime = _runtime.current()
            self._capture(runtime, monitored.features(args, kwargs))
            if monitored.prediction_id is not None:
                self._given_ids = _read_given("prediction_id", _ids_given, monitored.prediction_id, args, kwargs)
            if monitored.event_time is not None:
                kept = self._captured.kept if self._captured else None
                self._time = _read_given("event_time", _time_given, monitored.event_time, args, kwargs, kept)
            if runtime.tracer is not None:
                self._span = OpenSpan.start(runtime.tracer, monitored.model)
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "starting a prediction")
        self._begun = _clock.perf_counter_ns()

    def stop(self, output: Any) -> None:
        """Copy what the model answered and hand everything over."""
        duration = _clock.perf_counter_ns() - self._begun
        try:
            self._stop(output, duration)
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "finishing a prediction")

    def _stop(self, output: Any, duration: int) -> None:
        model, captured = self._monitored.model, self._captured
        answer = output if type(output) in PLAIN else _read_answer(output, captured)
        if captured is None:
            captured = _without_features(answer)
        total, weight, size = captured.sampled_from or captured.rows, 1.0, captured.size + 256
        ids = new_ids(self._start, total, None if self._given_ids is None else self._checked_ids(total))
        if total:
            remember(ids)
        if type(output) not in PLAIN:
            size += size_of_output(answer)
        context = b"" if self._span is None else self._span.close(model, total, captured, answer, ids)
        if captured.kept:
            ids, weight = ids.take(captured.kept), total / captured.rows
        self._runtime.put(
            Call(model, total, self._start, duration, "", captured, answer, ids, self._time, weight, context, size)
        )

    def fail(self, error: BaseException) -> None:
        """Count the exception of the model; it goes on to the caller unchanged."""
        duration = _clock.perf_counter_ns() - self._begun
        model = self._monitored.model
        try:
            if self._span is not None:
                self._span.fail(model, self._captured, error)
            self._runtime.put(Call(model, 0, self._start, duration, type(error).__qualname__))
        except Exception as ours:  # noqa: BLE001  never into the host
            _guard.report(ours, "recording a failed prediction")

    def _capture(self, runtime: Runtime, features: Any) -> None:
        try:
            self._captured = captured = capture(features, runtime.ring.limits)
            if captured.dropped_features:
                _guard.warn_once("TooManyFeatures", f"{captured.dropped_features} features over the limit are left out")
        except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
            _unreadable("features", features, error)

    def _checked_ids(self, rows: int) -> tuple[str, ...] | None:
        if len(self._given_ids) == rows:
            return self._given_ids
        _guard.warn_once(
            "PredictionIdLength", f"{len(self._given_ids)} prediction ids for {rows} rows: own ids are used"
        )
        return None


def _read_answer(output: Any, captured: Captured | None) -> Any:
    try:
        return copy_output(output, captured.kept if captured else None)
    except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
        _unreadable("output", output, error)
        return None


def _read_given(what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001  a stranger's function or object may raise anything
        _unreadable(what, None, error)
        return None


def _unreadable(what: str, value: Any, error: Exception) -> None:
    """A stranger's object is its owner's trouble: counted and said once, never loud."""
    kind = type(value).__qualname__
    _guard.warn_once(type(error).__qualname__, f"cannot read the {what} ({kind}): {_told(error)}", f"{what}:{kind}")


def _told(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:  # noqa: BLE001  even an exception can be hostile
        return type(error).__name__


def _ids_given(find: Finder, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, ...] | None:
    """The caller's ids as text; an empty one or None leaves that row to an id of ours."""
    ids = find(args, kwargs)
    if ids is None:
        return None
    if hasattr(ids, "tolist"):
        ids = ids.tolist()
    if isinstance(ids, str | int) or not hasattr(ids, "__iter__"):
        ids = [ids]
    return tuple("" if value is None else clean_id(value) for value in ids)


def _time_given(find: Finder, args: tuple[Any, ...], kwargs: dict[str, Any], kept: list[int] | None) -> Any:
    return freeze(find(args, kwargs), kept)


def _without_features(answer: Any) -> Captured:
    """Rows of which only the answer could be read."""
    rows = len(answer) if hasattr(answer, "__len__") and not isinstance(answer, str | dict) else 1
    return Captured("rows", (), [()] * rows, rows, 0)
