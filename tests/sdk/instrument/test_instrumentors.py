"""What every instrumentor keeps to, whatever its library."""

import gc
import logging
import sys
import types

import lightgbm
import onnxruntime
import pytest
import sklearn.base
import sklearn.linear_model
import sklearn.utils.parallel
import xgboost
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from model_monitoring import _providers, _runtime
from model_monitoring.instrument import (
    Instrumentor,
    LightGBMInstrumentor,
    OnnxInstrumentor,
    SklearnInstrumentor,
    XGBoostInstrumentor,
    argument,
    family,
    instrument_all,
    uninstrument_all,
)

ALL = [LightGBMInstrumentor, OnnxInstrumentor, SklearnInstrumentor, XGBoostInstrumentor]


def attributes():
    """Everything on every class that anyone could have replaced, by identity."""
    roots = [sklearn.base.BaseEstimator, lightgbm.LGBMModel, lightgbm.Booster, xgboost.Booster, xgboost.DMatrix]
    kinds = {base for root in roots for kind in family(root) for base in kind.__mro__}
    kinds |= {sklearn.utils.parallel._FuncWrapper, *onnxruntime.InferenceSession.__mro__}
    return {(kind, name): id(value) for kind in kinds for name, value in vars(kind).items() if name[:5] != "__abc"}


@pytest.mark.parametrize("instrumentor", ALL)
def test_uninstrumenting_puts_the_very_same_objects_back(instrumentor):
    gc.collect()
    before = attributes()
    instrumentor().instrument()
    instrumentor().instrument()
    assert attributes() != before
    instrumentor().uninstrument()
    instrumentor().uninstrument()
    assert attributes() == before


def test_what_others_have_put_over_ours_stays_and_works(telemetry, table):
    kind = sklearn.linear_model.LinearRegression
    model = kind().fit(*table)
    SklearnInstrumentor().instrument()
    owner = next(base for base in kind.__mro__ if "predict" in vars(base))
    ours = owner.predict

    def theirs(self, X):
        return ours(self, X)

    owner.predict = theirs
    SklearnInstrumentor().uninstrument()
    try:
        assert owner.predict is theirs
        model.predict(table[0])
        assert telemetry.events() == []
    finally:
        owner.predict = ours.__wrapped__


def test_every_usual_argument_is_taken(telemetry, table):
    asked, answered = [], []
    SklearnInstrumentor().instrument(
        request_hook=lambda span, model, args, kwargs: asked.append((span.name, model, args, kwargs)),
        response_hook=lambda span, model, result: answered.append((span.is_recording(), result.tolist())),
        skip_dep_check=True,
        something_new=1,
    )
    model = sklearn.linear_model.LinearRegression().fit(*table)
    row = table[0][:1]
    answer = model.predict(X=row)
    ((span, *rest),) = asked
    assert span.startswith("predict LinearRegression")
    assert rest[:2] == [model, ()]
    assert rest[2]["X"] is row
    assert answered == [(True, answer.tolist())]


def test_a_hook_that_raises_harms_no_one(telemetry, table):
    def broken(*_):
        raise RuntimeError("mine")

    SklearnInstrumentor().instrument(request_hook=broken, response_hook=broken)
    sklearn.linear_model.LinearRegression().fit(*table).predict(table[0])
    assert telemetry.events()[0]["ml.batch.row_count"] == 8
    assert {"error.type": "RuntimeError", "value": 2} in telemetry.metrics()["ml.sdk.errors"]


def test_providers_that_are_given_get_the_telemetry(table, monkeypatch):
    spans, reader, records = InMemorySpanExporter(), InMemoryMetricReader(), InMemoryLogRecordExporter()
    tracers, meters, loggers = TracerProvider(), MeterProvider([reader]), LoggerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
    monkeypatch.setattr(_providers, "_given", _providers.Providers())
    outside = _runtime._REAL
    SklearnInstrumentor().instrument(tracer_provider=tracers, meter_provider=meters, logger_provider=loggers)
    runtime = _runtime.Runtime(outside, background=False)
    before = _runtime.use(runtime)
    try:
        runtime.start()
        sklearn.linear_model.LinearRegression().fit(*table).predict(table[0][:1])
        assert runtime.flush(0)
    finally:
        _runtime.use(before)
    assert [span.name for span in spans.get_finished_spans()] == ["predict LinearRegression"]
    assert [record.log_record.event_name for record in records.get_finished_logs()] == ["ml.prediction.batch"]
    names = {m.name for r in reader.get_metrics_data().resource_metrics for s in r.scope_metrics for m in s.metrics}
    assert "ml.inference.duration" in names


@pytest.fixture
def library(monkeypatch):
    """A library of the user's own."""
    module = types.ModuleType("acme_models")
    exec(
        "__version__ = '2.1.0'\n"
        "class Scorer:\n"
        "    def score_rows(self, rows, *, explain=False):\n"
        "        return [2.0 * row[0] for row in rows]\n",
        vars(module),
    )
    monkeypatch.setitem(sys.modules, "acme_models", module)
    return module


class AcmeInstrumentor(Instrumentor):
    """As docs/instrumentation.md shows it."""

    library = "acme_models"
    _instruments = ("acme-models >= 2.0",)

    def _patch(self, module):
        self._count(module.Scorer, "score_rows", argument("rows"))


def test_one_for_a_library_of_ones_own_is_three_lines(telemetry, library):
    AcmeInstrumentor().instrument()
    try:
        assert library.Scorer().score_rows([[1.0], [2.0]]) == [2.0, 4.0]
    finally:
        AcmeInstrumentor().uninstrument()
    (event,) = telemetry.events()
    assert event["ml.features"] == {"feature_0": [1.0, 2.0]}
    assert (event["ml.model.name"], event["ml.framework.name"]) == ("Scorer", "acme_models")


def test_a_library_that_is_too_old_is_left_alone_with_one_line(telemetry, library, caplog):
    library.__version__ = "1.9.9"
    AcmeInstrumentor().instrument()
    AcmeInstrumentor().instrument()
    library.Scorer().score_rows([[1.0]])
    assert telemetry.events() == []
    assert [record.message for record in caplog.records] == [
        "acme_models 1.9.9 is not instrumented: acme-models >= 2.0 is needed (said once; counted in ml.sdk.errors)"
    ]


def test_a_library_that_is_absent_is_one_quiet_line(caplog):
    caplog.set_level(logging.INFO)
    AcmeInstrumentor().instrument()
    assert [record.message for record in caplog.records] == ["acme_models is not installed: not instrumented"]


def test_internal_errors_while_instrumenting_stay_inside(library, caplog):
    del library.Scorer
    AcmeInstrumentor().instrument()
    AcmeInstrumentor().uninstrument()
    assert "instrumenting acme_models: AttributeError" in caplog.text


def test_a_disabled_sdk_hooks_nothing(monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    before = attributes()
    instrument_all()
    assert attributes() == before
    uninstrument_all()
