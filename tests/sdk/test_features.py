"""What a model may be given, and the columns that come of it."""

from collections import OrderedDict
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest

from model_monitoring import _capture, _guard, monitor_model
from model_monitoring._call import Call
from model_monitoring._ledger import Ledger
from model_monitoring._model import Identity, Model
from model_monitoring._ring import Ring
from model_monitoring.testing import capture

COLOR = Enum("COLOR", ["RED"])


def columns(features, **options):
    @monitor_model(name="m", **options)
    def predict(features):
        return None

    with capture(spans=False) as telemetry:
        predict(features)
    events = telemetry.events()
    return events[0]["ml.features"] if events else None


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"a": 1, "b": 2.5}, {"a": [1.0], "b": [2.5]}),
        ({"a": True, "b": "x"}, {"a": [1.0], "b": ["x"]}),
        (OrderedDict(a=1), {"a": [1.0]}),
        ([1, 2.0], {"feature_0": [1.0], "feature_1": [2.0]}),
        ((1, "x"), {"feature_0": [1.0], "feature_1": ["x"]}),
        ([[1, 2], [3, 4]], {"feature_0": [1.0, 3.0], "feature_1": [2.0, 4.0]}),
        ([[1, 2], [3]], {"feature_0": [1.0, 3.0], "feature_1": [2.0, None]}),
        ([np.array([1.0, 2.0])], {"feature_0": [1.0], "feature_1": [2.0]}),
        ([{"a": 1}, {"a": "x"}], {"a": ["1", "x"]}),
        ([{"a": 1}, {"b": 2}], {"a": [1.0, None], "b": [None, 2.0]}),
        (np.array([1, 2]), {"feature_0": [1.0], "feature_1": [2.0]}),
        (np.array([[1, 2], [3, 4]], order="F"), {"feature_0": [1.0, 3.0], "feature_1": [2.0, 4.0]}),
        (np.arange(8).reshape(2, 4)[:, ::2], {"feature_0": [0.0, 4.0], "feature_1": [2.0, 6.0]}),
        (np.array([["a", "1"], ["b", "2"]]), {"feature_0": ["a", "b"], "feature_1": ["1", "2"]}),
        (np.array([["a", None], [1, 2]], dtype=object), {"feature_0": ["a", "1"], "feature_1": [None, 2.0]}),
        (np.ma.masked_array([[1.0, 2.0]], [[True, False]]), {"feature_0": [None], "feature_1": [2.0]}),
        (np.array(5.0), {"feature_0": [5.0]}),
        (np.array([["NaT", "1970-01-02"]], "datetime64[D]"), {"feature_0": [None], "feature_1": [86400.0]}),
        (pd.Series({"a": 1, "b": "x"}), {"a": [1.0], "b": ["x"]}),
        (pd.DataFrame({"a": [1, 2]}, index=[7, 8]), {"a": [1.0, 2.0]}),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {"a": [1.0], "a.1": [2.0]}),
        (pd.DataFrame([[1, 2]], columns=[0, ""]), {"0": [1.0], "feature_1": [2.0]}),
        (pd.DataFrame({"a": [1, "x", None]}), {"a": ["1", "x", None]}),
        (pd.DataFrame({"a": pd.to_datetime(["1970-01-02"]).tz_localize("Etc/GMT+1")}), {"a": [90000.0]}),
        (pd.DataFrame({"a": pd.array([True, None], dtype="boolean")}), {"a": [1.0, None]}),
        (pl.DataFrame({"a": [1, None], "b": ["x", None]}), {"a": [1.0, None], "b": ["x", None]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_forms_of_features(features, expected):
    assert columns(features) == expected
    assert _guard.errors() == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (float("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.bool_(True), 1.0),
        (np.str_("x"), "x"),
        (Decimal("1.5"), 1.5),
        (datetime(1970, 1, 2), 86400.0),  # noqa: DTZ001  without a zone is the point
        (datetime(1970, 1, 2, tzinfo=UTC), 86400.0),
        (date(1970, 1, 2), 86400.0),
        (pd.Timestamp("1970-01-02", tz="UTC"), 86400.0),
        (np.datetime64("1970-01-02"), 86400.0),
        (b"abc", "abc"),
        ("x" * 1000, "x" * 256),
        (COLOR.RED, "COLOR.RED"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (1 + 2j, "(1+2j)"),
        ({1}, "{1}"),
    ],
    ids=repr,
)
def test_kinds_of_values(value, expected):
    assert columns({"a": value, "b": "text"})["a"] == [expected]
    assert columns({"a": value})["a"] == [expected]


def test_rows_are_as_they_were_before_the_model_changed_them():
    @monitor_model(name="m")
    def predict(features):
        features[:] = 0
        return features[:, 0]

    frame = pd.DataFrame({"a": [1.0, 2.0]})

    @monitor_model(name="n")
    def change(features):
        features["a"] = 0.0
        features.loc[0, "a"] = 9.0
        return [0.0, 0.0]

    with capture(spans=False) as telemetry:
        predict(np.ones((2, 1)))
        change(frame)
        frame.loc[1, "a"] = 5.0
    assert telemetry.events()[0]["ml.features"] == {"feature_0": [1.0, 1.0]}
    assert telemetry.events()[1]["ml.features"] == {"a": [1.0, 2.0]}


def test_answers_are_as_they_were_when_the_model_gave_them():
    buffer = np.array([1.0, 2.0])

    @monitor_model(name="m")
    def predict(features):
        return buffer

    with capture(spans=False) as telemetry:
        predict(np.ones((2, 1)))
        buffer[:] = 9.0
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0, 2.0]}


def test_names_may_be_given_where_the_data_has_none():
    assert columns(np.ones((1, 3)), feature_names=["a", "b"]) == {"a": [1.0], "b": [1.0], "feature_2": [1.0]}
    assert columns([1.0], feature_names=["a"]) == {"a": [1.0]}


@pytest.mark.parametrize(
    "features", [np.ones((2, 2501)), pd.DataFrame(np.ones((1, 2500))), dict.fromkeys(map(str, range(2500)), 1)]
)
def test_at_most_2000_features_are_kept_and_the_rest_is_counted(features):
    assert len(columns(features)) == 2000
    assert _guard.errors() == {"TooManyFeatures": 1}


@pytest.mark.parametrize("features", [np.ones((2, 2, 2)), object(), 5.0, "text"])
def test_what_cannot_be_read_leaves_the_answer(features):
    @monitor_model(name="m")
    def predict(features):
        return 1.0

    with capture(spans=False) as telemetry:
        assert predict(features) == 1.0
    assert telemetry.events()[0]["ml.features"] == {}
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0]}
    assert _guard.errors() == {"Unsupported": 1}


@pytest.mark.parametrize("features", [[], np.ones((0, 3)), pd.DataFrame({"a": []})])
def test_no_rows_are_no_event(features):
    assert columns(features) is None
    assert _guard.errors() == {}


def test_calls_of_one_shape_share_a_record_and_others_do_not():
    @monitor_model(name="m")
    def predict(features):
        return 1.0

    with capture(spans=False) as telemetry:
        for row in ({"a": 1}, {"a": None}, {"a": "x"}, {"b": 1}):
            predict(row)
    assert [event["ml.features"] for event in telemetry.events()] == [{"a": ["1.0", None, "x"]}, {"b": [1.0]}]


@pytest.mark.parametrize(
    ("arguments", "named", "expected"),
    [
        ((), {"a": 1, "b": "x"}, {"a": [1.0], "b": ["x"]}),
        ((1, 2.5), {}, {"feature_0": [1.0], "feature_1": [2.5]}),
        ((5,), {}, {"feature_0": [5.0]}),
        (({"a": 1}, {"a": 2}), {}, {"a": [1.0, 2.0]}),
        (({"a": 1},), {}, {"a": [1.0]}),
        ((np.ones((2, 1)),), {}, {"feature_0": [1.0, 1.0]}),
    ],
    ids=str,
)
def test_features_may_be_all_that_is_left_of_the_arguments(arguments, named, expected):
    @monitor_model(name="by name")
    def by_name(**features):
        return None

    @monitor_model(name="by position")
    def by_position(*rows, scale=1):
        return None

    with capture(spans=False) as telemetry:
        by_name(**named) if named else by_position(*arguments, scale=2)
    assert telemetry.events()[0]["ml.features"] == expected


def test_named_arguments_beside_the_features_are_none_of_them():
    @monitor_model(name="m", features="features", prediction_id="order")
    def predict(order, *, scale=1, **features):
        return None

    with capture(spans=False) as telemetry:
        predict(order="o", scale=2, a=1)
    assert telemetry.events()[0]["ml.features"] == {"a": [1.0]}


@pytest.mark.parametrize("dtype", ["object", "str", "string[python]", "string[pyarrow]", pl.String])
def test_frames_count_as_many_bytes_as_their_text(dtype):
    text = ["x" * 1_000_000, "y" * 1_000_000]
    frame = pl.DataFrame({"a": text, "n": [1, 2]}) if dtype is pl.String else pd.DataFrame({"a": text, "n": [1, 2]})
    if dtype is not pl.String:
        frame["a"] = frame["a"].astype(dtype)
    captured = _capture.capture(frame, _capture.Limits(1000, 10**9))
    assert 2_000_000 <= captured.size < 2_200_000
    assert _capture.capture(frame, _capture.Limits(1000, 1_500_000)).rows == 1


def test_many_frames_of_long_text_stay_within_the_bound_of_the_ring():
    frame = pd.DataFrame({"a": ["x" * 1_000_000]})
    ring = Ring(1000, 8_000_000, Ledger())
    for _ in range(20):
        call = Call()
        call.model, call.rows = Model(Identity("m")), 1
        call.captured = _capture.capture(frame, ring.limits)
        call.size += call.captured.size
        ring.put(call)
    assert ring.rows == 7
