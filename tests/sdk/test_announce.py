"""Silence looks different from work: one line for each model, one warning where nobody listens, a look at the wire."""

import json
import logging
from types import SimpleNamespace

import pytest

from model_monitoring import _announce, _guard, monitor_model
from model_monitoring.testing import capture
from tests.sdk.test_process import PREDICT, run


@monitor_model(name="churn", prediction_id="key")
def keyed(row, key):
    return 0.5


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "model_monitoring")
    return lambda: [record.message for record in caplog.records if record.name == "model_monitoring"]


def test_the_first_capture_says_what_goes_where_and_later_ones_say_nothing(lines, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:password@collector:4318")
    with capture() as telemetry:
        for number in range(3):
            keyed({"age": 1.0, "city": "Ulm"}, f"order-{number}")
            telemetry.events()
    assert lines() == [
        "monitoring churn: 2 features (age, city); capture SPAN_AND_EVENT; to https://collector:4318; ids of the caller"
    ]


def test_it_names_only_what_leaves(lines, monkeypatch):
    monkeypatch.setenv("OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES", "SPAN_ONLY")
    with capture():
        keyed({"secret": 1.0}, None)
    assert lines() == ["monitoring churn: no features; capture SPAN_ONLY; to http://localhost:4318; ids made here"]


def test_a_hostile_name_does_not_make_a_line_of_its_own(lines):
    with capture():
        keyed({"a\nERROR forged": 1.0}, None)
    assert lines()[0].startswith("monitoring churn: 1 features (a ERROR forged);")


def test_where_the_application_has_no_logging_the_line_is_on_stderr(sink):
    done = run(PREDICT + "predict({'a': 1}); predict({'a': 2})", OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert done.stderr == (
        f"model_monitoring: monitoring m: 1 features (a); capture SPAN_AND_EVENT; to {sink.endpoint}; ids made here\n"
    )


def test_where_it_has_logging_its_level_decides(sink):
    quiet = "import logging; logging.basicConfig(level='WARNING')\n"
    done = run(quiet + PREDICT + "predict({'a': 1})", OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(_announce, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    _guard.reset()
    return now


def test_ten_seconds_without_an_answer_are_worth_one_warning(clock, lines):
    silence = _announce.Silence()
    assert silence.check(waiting=True, accepted=False) == 10.0
    clock.seconds += 9
    assert silence.check(waiting=True, accepted=False) == 1.0
    clock.seconds += 1
    assert silence.check(waiting=True, accepted=False) is None
    clock.seconds += 100
    assert silence.check(waiting=True, accepted=False) is None
    (line,) = lines()
    assert line.startswith("nothing was accepted in 10 s by http://localhost:4318: is something listening there?")


def test_no_warning_where_something_was_accepted_or_nothing_waits(clock, lines):
    silence = _announce.Silence()
    assert silence.check(waiting=False, accepted=False) is None
    silence.check(waiting=True, accepted=False)
    clock.seconds += 11
    assert silence.check(waiting=True, accepted=True) is None
    assert lines() == []


def test_the_console_shows_what_leaves(sink):
    done = run(
        PREDICT + "predict([[float(i), 1.0] for i in range(9)])",
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint,
        MODEL_MONITORING_DEBUG="console",
    )
    (shown,) = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert shown["event"] == "ml.prediction.batch"
    assert shown["ml.batch.row_count"] == 9
    assert shown["ml.features"]["feature_0"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert len(sink.rows()) == 9
