"""Objects with named fields, and what is nested in them: every value is a column by its path."""

import warnings
from collections import OrderedDict, UserDict, namedtuple
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import attrs
import msgspec
import numpy as np
import pandas as pd
import polars as pl
import pydantic
import pydantic.v1
import pytest

from model_monitoring import _guard, monitor_model
from model_monitoring.testing import capture


class Address(pydantic.BaseModel):
    city: str
    zone: int | None = None


class Customer(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    age: int = pydantic.Field(alias="Age")
    address: Address
    scores: list[float] = []

    @cached_property
    def derived(self):
        return 1


class Old(pydantic.v1.BaseModel):
    age: int
    plan: str = "gold"


class Root(pydantic.RootModel[list[float]]):
    pass


@dataclass(slots=True)
class Point:
    x: float
    y: float = 0.0
    kind: ClassVar[str] = "point"


@dataclass
class Line:
    ends: list[Point]
    label: str = field(default="a", repr=False)


class Pair(NamedTuple):
    left: float
    right: Any


@attrs.frozen
class Attrs:
    a: float
    b: str = "x"


class Struct(msgspec.Struct):
    a: float
    b: str = "x"


Old_style = namedtuple("Old_style", "a b")  # noqa: PYI024  users have them


def customer(**more):
    return Customer(Age=35, address=Address(city="Paris"), scores=[0.5, 0.25], **more)


def columns(features, **options):
    @monitor_model(name="m", **options)
    def predict(features):
        return None

    with capture(spans=False) as telemetry, warnings.catch_warnings():
        warnings.simplefilter("error")
        predict(features)
    events = telemetry.events()
    return events[0]["ml.features"] if events else None


FLAT = {"age": [35.0], "address.city": ["Paris"], "address.zone": [None], "scores.0": [0.5], "scores.1": [0.25]}


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (customer(), FLAT),
        (customer(extra=True), FLAT | {"extra": [1.0]}),
        (Old(age=1), {"age": [1.0], "plan": ["gold"]}),
        (Root([1.0, 2.0]), {"feature_0": [1.0], "feature_1": [2.0]}),
        (Point(1.0), {"x": [1.0], "y": [0.0]}),
        (Line([Point(1.0)]), {"ends.0.x": [1.0], "ends.0.y": [0.0], "label": ["a"]}),
        (Pair(1.0, "x"), {"left": [1.0], "right": ["x"]}),
        (Pair(1.0, Pair(2.0, {"z": 3})), {"left": [1.0], "right.left": [2.0], "right.right.z": [3.0]}),
        (Old_style(1, 2), {"a": [1.0], "b": [2.0]}),
        (Attrs(1.0), {"a": [1.0], "b": ["x"]}),
        (Struct(1.0), {"a": [1.0], "b": ["x"]}),
        (MappingProxyType({"a": 1}), {"a": [1.0]}),
        (UserDict(a={"b": 1}), {"a.b": [1.0]}),
        ([Point(1.0), Point(2.0, 3.0)], {"x": [1.0, 2.0], "y": [0.0, 3.0]}),
        ([Pair(1.0, "x"), Pair(2.0, None)], {"left": [1.0, 2.0], "right": ["x", None]}),
        ([Address(city="a"), Address(city="b", zone=1)], {"city": ["a", "b"], "zone": [None, 1.0]}),
        ([{"a": {"b": 1}}, {"a": {"c": 2}}], {"a.b": [1.0, None], "a.c": [None, 2.0]}),
        ([{"a": [1, 2]}, {"a": [3]}], {"a.0": [1.0, 3.0], "a.1": [2.0, None]}),
        ([[1, [2, 3]], [4, [5]]], {"0": [1.0, 4.0], "1.0": [2.0, 5.0], "1.1": [3.0, None]}),
        ([1, [2, "x"]], {"0": [1.0], "1.0": [2.0], "1.1": ["x"]}),
        ({"a": 1, "b": {"c": np.array([1.0, 2.0])}}, {"a": [1.0], "b.c.0": [1.0], "b.c.1": [2.0]}),
        ({"a": 1, "tags": []}, {"a": [1.0]}),
        ({"a": [1], "b": "x"}, {"a.0": [1.0], "b": ["x"]}),
        ({"a": {}}, {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_records(features, expected):
    assert columns(features) == expected
    assert _guard.errors() == {}


def test_a_computed_property_is_no_feature():
    given = customer()
    assert given.derived == 1
    assert columns(given) == FLAT


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"a": [1, 2], "b": ["x", None]}, {"a": [1.0, 2.0], "b": ["x", None]}),
        ({"a": (1, 2)}, {"a": [1.0, 2.0]}),
        ({"a": np.array([1, 2], "i2"), "b": np.array(["x", "y"])}, {"a": [1.0, 2.0], "b": ["x", "y"]}),
        ({"a": [np.float64(1), np.float64(2)]}, {"a": [1.0, 2.0]}),
        ({"a": pd.Series([1, 2]), "b": pl.Series(["x", None])}, {"a": [1.0, 2.0], "b": ["x", None]}),
        (OrderedDict(a=[1.0, 2.0]), {"a": [1.0, 2.0]}),
        (np.array([(1, 2.5), (3, 4.5)], [("a", "i4"), ("b", "f8")]), {"a": [1.0, 3.0], "b": [2.5, 4.5]}),
        ({"a": []}, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_dict_of_whole_columns_is_a_table(features, expected):
    assert columns(features) == expected
    assert _guard.errors() == {}


def test_columns_of_a_large_table_are_sampled(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")
    found = columns({"a": np.arange(100), "b": list(range(100))})
    assert found["a"] == found["b"]
    assert len(found["a"]) == 10


def test_columns_of_different_lengths_are_one_row():
    assert columns({"a": [1, 2], "b": [3]}) == {"a.0": [1.0], "a.1": [2.0], "b.0": [3.0]}


def test_what_holds_itself_ends():
    loop: dict[str, Any] = {"a": 1}
    loop["self"] = loop
    assert columns(loop) == {"a": [1.0]} | {f"{'self.' * depth}a": [1.0] for depth in range(1, 8)} | {
        ".".join(["self"] * 8): [None]
    }
    assert _guard.errors() == {"TooDeep": 1}


def test_depth_and_width_are_bounded():
    wide = {"a": {str(i): {str(j): 1.0 for j in range(100)} for i in range(100)}}
    assert len(columns(wide)) == 2000
    knot: list[Any] = []
    knot += [knot] * 50
    assert len(columns({"knot": knot})) <= 2000
    assert columns({"empty": [[]] * 100_000, "b": 1.0}) == {"b": [1.0]}
    assert columns({"empty": [[[]] * 2000] * 2000, "b": 1.0}) == {}, "nobody looks through all of it"
    assert _guard.errors() == {"TooManyFeatures": 1}


def test_a_part_that_cannot_be_opened_leaves_the_others():
    class Broken(dict):
        pass

    class Row(UserDict):
        def __iter__(self):
            raise RuntimeError("no")

    assert columns({"a": 1, "b": Row(), "c": Broken(d=2)})["a"] == [1.0]


def test_1000_features_and_names_that_are_no_text():
    assert len(columns({i: float(i) for i in range(1000)})) == 1000
    assert columns({(1, 2): 1.0, None: 2.0, "": 3.0}) == {"(1, 2)": [1.0], "None": [2.0], "feature_2": [3.0]}
