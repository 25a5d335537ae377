"""The decorator leaves a function what it was, and finds what it needs among its arguments."""

import inspect
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
import pandas as pd
import pytest

import model_monitoring
from model_monitoring import _guard, last_prediction_id, last_prediction_ids, monitor_model
from model_monitoring.testing import capture


def test_the_door_is_thin_and_sorted():
    source = inspect.getsource(model_monitoring)
    assert len(source.splitlines()) <= 40
    assert model_monitoring.__all__ == sorted(model_monitoring.__all__)
    public = {name for name, value in vars(model_monitoring).items() if callable(value) and not name.startswith("_")}
    assert public == set(model_monitoring.__all__)


def test_name_docstring_signature_and_module_stay():
    def predict(row: list[float], *, scale: float = 1.0) -> float:
        """Predict."""
        return scale

    decorated = monitor_model(name="m")(predict)
    assert decorated.__doc__ == "Predict."
    assert (decorated.__name__, decorated.__module__) == (predict.__name__, predict.__module__)
    assert inspect.signature(decorated) == inspect.signature(predict)
    assert decorated.__wrapped__ is predict


def test_methods_of_all_kinds():
    class Model:
        @monitor_model(name="plain")
        def plain(self, row):
            return 1.0

        @monitor_model(name="static")
        @staticmethod
        def static(row):
            return 2.0

        @classmethod
        @monitor_model(name="class")
        def of_class(cls, row):
            return 3.0

        @monitor_model(name="outside")
        @classmethod
        def outside(cls, row):
            return 4.0

    with capture(spans=False) as telemetry:
        answers = [Model().plain([1.0]), Model.static([1.0]), Model.of_class([1.0]), Model().outside(row=[1.0])]
    assert answers == [1.0, 2.0, 3.0, 4.0]
    assert [(e["ml.model.name"], e["ml.features"]) for e in telemetry.events()] == [
        (name, {"feature_0": [1.0]}) for name in ("plain", "static", "class", "outside")
    ]


@pytest.mark.parametrize(("service", "expected"), [(None, "test_names.predict"), ("shop", "shop.test_names.predict")])
def test_names(service, expected, monkeypatch):
    if service:
        monkeypatch.setenv("OTEL_SERVICE_NAME", service)

    @monitor_model
    def predict(row):
        return 1.0

    with capture(spans=False) as telemetry:
        predict([1.0])
    assert telemetry.events()[0]["ml.model.name"] == expected


def test_the_environment_may_come_from_the_resource_attributes(monkeypatch):
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "a=b,deployment.environment.name=staging")

    @monitor_model(name="m")
    def predict(row):
        return 1.0

    with capture(spans=False) as telemetry:
        predict([1.0])
    assert telemetry.events()[0]["deployment.environment.name"] == "staging"


@pytest.mark.parametrize(
    "options", [{"features": "absent"}, {"prediction_id": "absent"}, {"event_time": "absent"}, {"segments": ["absent"]}]
)
def test_an_argument_that_is_not_there_is_said_at_decoration(options, caplog):
    def predict(row):
        return 1.0

    _guard.reset()
    assert monitor_model(name="m", **options)(predict) is predict
    assert "there is no argument 'absent'; the arguments are row" in caplog.text


def test_a_call_with_wrong_arguments_fails_as_ever():
    @monitor_model(name="m", prediction_id=lambda arguments: arguments["row"])
    def predict(row):
        return 1.0

    with capture(), pytest.raises(TypeError, match="unexpected keyword"):
        predict(wrong=1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("order-1", "order-1"),
        (17, "17"),
        (["order-1"], "order-1"),
        (np.array(["order-1"]), "order-1"),
        (pd.Series(["order-1"]), "order-1"),
        ("x" * 300, "x" * 224 + blake2b(b"x" * 300, digest_size=16).hexdigest()),
    ],
)
def test_ids_of_the_callers_own(given, expected):
    @monitor_model(name="m", prediction_id="order")
    def predict(order, row):
        return 1.0

    with capture(spans=False) as telemetry:
        predict(given, [1.0])
        assert last_prediction_id() == expected
    assert telemetry.events()[0]["ml.prediction.ids"] == [expected]
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [1.0]}


def test_ids_and_times_may_be_computed_from_the_arguments():
    @monitor_model(name="m", prediction_id=lambda a: a["ids"], event_time=lambda a: a["start"] + 1)
    def predict(rows, ids=("a", None), start=0):
        return [1.0, 2.0]

    with capture(spans=False) as telemetry:
        predict([[1.0], [2.0]])
        ids = last_prediction_ids()
    event = telemetry.events()[0]
    assert event["ml.batch.timestamps"] == [1.0, 1.0]
    assert event["ml.prediction.ids"] == ids
    assert ids[0] == "a"
    assert len(ids[1]) == 36, "a row without an id gets one of ours"


def test_a_function_of_the_arguments_that_fails_leaves_the_prediction():
    @monitor_model(name="m", prediction_id=lambda a: a["absent"], event_time=lambda a: 1 / 0)
    def predict(rows):
        return 1.0

    with capture(spans=False) as telemetry:
        assert predict([1.0]) == 1.0
    assert telemetry.events()[0]["ml.batch.row_count"] == 1
    assert _guard.errors() == {"KeyError": 1, "ZeroDivisionError": 1}


@pytest.mark.parametrize(
    "times",
    [
        86400,
        86400.0,
        [86400, 86400.0],
        datetime(1970, 1, 2, tzinfo=UTC),
        datetime(1970, 1, 2),  # noqa: DTZ001  without a zone is the point
        np.datetime64("1970-01-02"),
        np.array(["1970-01-02", "1970-01-02"], "datetime64[s]"),
        np.array([86400, 86400]),
        np.array([86400.0, 86400.0], "f4"),
        pd.Timestamp("1970-01-02"),
        pd.Series(pd.to_datetime(["1970-01-02", "1970-01-02"])),
        pd.Series(pd.to_datetime(["1970-01-02", "1970-01-02"])).dt.tz_localize("UTC"),
        pd.to_datetime(["1970-01-02", "1970-01-02"]),
        [datetime(1970, 1, 2, tzinfo=UTC), np.datetime64("1970-01-02")],
    ],
    ids=repr,
)
def test_event_times(times):
    @monitor_model(name="m", event_time="when")
    def predict(rows, when):
        return [0.0, 0.0]

    with capture(spans=False) as telemetry:
        predict([[1.0], [2.0]], times)
    assert telemetry.events()[0]["ml.batch.timestamps"] == [86400.0, 86400.0]
    assert _guard.errors() == {}


@pytest.mark.parametrize(
    ("times", "error"),
    [
        (None, None),
        ([float("nan"), None], None),
        (np.array(["NaT", "NaT"], "datetime64[s]"), None),
        (1_700_000_000_000, "EventTimeRange"),
        ([1.0], "EventTimeLength"),
        (["text", "text"], None),
    ],
)
def test_event_times_that_cannot_be_are_the_time_of_the_call(times, error):
    @monitor_model(name="m", event_time="when")
    def predict(rows, when):
        return [0.0, 0.0]

    with capture(spans=False) as telemetry:
        predict([[1.0], [2.0]], times)
    assert telemetry.events()[0]["ml.batch.timestamps"] == [1_700_000_000.0] * 2
    assert list(_guard.errors()) == ([error] if error else [])
