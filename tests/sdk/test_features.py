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

from model_monitoring import _guard, monitor_model
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
