"""Spans for people: `predict {model}`, a child of the current span. Statistics never ride on them.

There are spans only where the app has a TracerProvider of its own, or `OTEL_TRACES_EXPORTER=otlp` asks for one.
OpenTelemetry's API is not imported for anyone else.
"""

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from model_monitoring import _config, _providers, semconv
from model_monitoring._answers import output_columns
from model_monitoring._capture import Captured
from model_monitoring._columns import text_of, values_of
from model_monitoring._ids import Ids
from model_monitoring._model import Model
from model_monitoring._output import is_remote
from model_monitoring._privacy import span_features
from model_monitoring._table import columns_of
from model_monitoring._values import is_missing

if TYPE_CHECKING:
    from opentelemetry.trace import Span, SpanContext, Tracer

__all__ = ["OpenSpan", "app_tracer", "own_tracer"]

MAX_FEATURES = 64
_OUTPUTS = {
    "value": semconv.PREDICTION_VALUE,
    "score": semconv.PREDICTION_SCORE,
    "class": semconv.PREDICTION_CLASS,
}


def app_tracer() -> "Tracer | None":
    """Tracer of the provider that was given, else of the app's; None where it has set none (yet)."""
    if (given := _providers.given().tracer) is not None:
        return given.get_tracer(semconv.SCOPE)
    api = sys.modules.get("opentelemetry.trace")
    # It may be half imported at this moment, by another thread.
    if api is None or not hasattr(api, "get_tracer_provider"):
        return None
    provider = api.get_tracer_provider()
    return None if isinstance(provider, api.ProxyTracerProvider) else provider.get_tracer(semconv.SCOPE)


def own_tracer() -> "Tracer | None":
    """Tracer of a provider of our own where the environment asks for one, else None; imports what it needs."""
    if _config.exporter("traces") == "none":
        return None
    from model_monitoring._setup import make_tracer  # noqa: PLC0415  heavy: only for those who asked for it

    return make_tracer()


class OpenSpan(NamedTuple):
    """A span that has been started and made current; to be closed on the same thread."""

    span: "Span"
    token: Any

    @classmethod
    def start(cls, tracer: "Tracer", model: Model) -> "OpenSpan":
        """Start a span and make it current."""
        from opentelemetry import context, trace  # noqa: PLC0415  loaded already, for there is a tracer

        span = tracer.start_span(f"{semconv.SPAN_NAME} {model.identity.name}")
        return cls(span, context.attach(trace.set_span_in_context(span)))

    def pause(self) -> None:
        """Make the span that was current before current again; this one goes on."""
        self._leave()

    def resumed(self) -> "OpenSpan":
        """Make the span current once more."""
        from opentelemetry import context, trace  # noqa: PLC0415  as above

        return OpenSpan(self.span, context.attach(trace.set_span_in_context(self.span)))

    def close(self, model: Model, captured: Captured | None, output: Any, ids: Ids | None, rows: int) -> bytes:
        """End the span of a call that succeeded; without ids it tells the number of rows and nothing of them.

        Returns:
            Trace id and span id, 24 bytes; a span id of zeros where the span is not sampled, empty where there is none.
        """
        self._leave()
        try:
            if self.span.is_recording():
                # Identity last: a span drops its oldest attributes.
                described = _of_row(captured, model, output, ids) if captured and ids and rows == 1 else {}
                self.span.set_attributes(described | {semconv.ROW_COUNT: rows} | model.attributes())
        finally:
            self.span.end()
        return _bytes_of(self.span.get_span_context())

    def fail(self, model: Model, captured: Captured | None, error_type: str) -> None:
        """End the span of a call that failed."""
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415  as above

        self._leave()
        if self.span.is_recording():
            attributes: dict[str, Any] = {semconv.ERROR_TYPE: error_type} | model.attributes()
            if captured is not None:
                attributes = {semconv.ROW_COUNT: captured.sampled_from or captured.rows} | attributes
            self.span.set_attributes(attributes)
            self.span.set_status(Status(StatusCode.ERROR, error_type))
        self.span.end()

    def _leave(self) -> None:
        from opentelemetry import context  # noqa: PLC0415  as above

        context.detach(self.token)


def _bytes_of(context: "SpanContext") -> bytes:
    """A label may find its row by the trace id even where the trace was not sampled, and so leads nowhere."""
    if not context.is_valid:
        return b""
    span_id = context.span_id if context.trace_flags.sampled else 0
    return context.trace_id.to_bytes(16, "big") + span_id.to_bytes(8, "big")


def _of_row(captured: Captured, model: Model, output: Any, ids: Ids) -> dict[str, Any]:
    return _of_features(captured, model) | _of_output(output, model) | {semconv.PREDICTION_ID: ids.text(0)}


def _of_features(captured: Captured, model: Model) -> dict[str, Any]:
    if captured.form == "tensor":  # on a device: to fetch it here would hold up the request
        return {}
    names = list(model.feature_names) if model.feature_names else None
    columns = span_features(columns_of([captured], names))
    values = {name: _first(chunk) for name, chunk in list(columns.items())[:MAX_FEATURES]}
    return {semconv.FEATURE_PREFIX + name: value for name, value in values.items() if value is not None}


def _of_output(output: Any, model: Model) -> dict[str, Any]:
    if is_remote(output):
        return {}
    columns = output_columns(output, 1, model.task_type)
    values = {name: _first(chunk) for name, chunk in columns.items()}
    found = {_OUTPUTS[name]: value for name, value in values.items() if name in _OUTPUTS and value is not None}
    if semconv.PREDICTION_CLASS in found:
        found[semconv.PREDICTION_CLASS] = text_of(found[semconv.PREDICTION_CLASS])
    probabilities = [value for name, value in values.items() if name.startswith("probability.")]
    return found | ({semconv.PREDICTION_PROBABILITIES: probabilities} if probabilities else {})


def _first(chunk: Any) -> Any:
    """The one value of a chunk as a Python scalar that a span takes; None where it is missing."""
    value = values_of(chunk)[0]
    return None if is_missing(value) else value
