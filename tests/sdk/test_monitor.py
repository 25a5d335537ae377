"""`monitor(model)`: the same object, still of its class, whose methods are monitored."""

import asyncio
import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from model_monitoring import _guard, monitor, monitor_model
from model_monitoring.testing import capture


class Model:
    """A model of a library of one's own."""

    def __init__(self, weight=2.0):
        self.weight = weight

    def predict(self, row):
        """Predict."""
        return self.predict_proba(row) * self.weight

    def predict_proba(self, row):
        return sum(row)


class Slotted:
    __slots__ = ("weight",)

    def predict(self, row):
        return self.weight


class Callable:
    def __call__(self, row):
        return 1.0


class Lazy:
    async def predict(self, row):
        return 1.0

    def stream(self, row):
        yield from row


def seen(telemetry):
    return [(e["ml.model.name"], e["ml.operation.name"], e["ml.outputs"]) for e in telemetry.events()]


def test_the_object_is_the_same_and_its_predictions_are_seen():
    model = Model()
    with capture(spans=False) as telemetry:
        assert monitor(model, name="m", version="1") is model
        assert model.predict([1.0, 2.0]) == 6.0
        assert model.predict_proba(row=[1.0]) == 1.0
    assert seen(telemetry) == [("m", "predict", {"value": [6.0]}), ("m", "predict_proba", {"value": [1.0]})]
    assert _guard.errors() == {}


def test_class_attributes_and_documentation_are_as_before():
    model = monitor(Model(), name="m")
    assert isinstance(model, Model)
    assert (type(model).__name__, type(model).__qualname__, type(model).__module__) == (
        "Model",
        "Model",
        Model.__module__,
    )
    assert type(model).__doc__ is None or Model.__doc__
    assert (model.weight, vars(model), model.predict.__doc__) == (2.0, {"weight": 2.0}, "Predict.")
    assert Model.predict.__name__ == "predict"
    assert not hasattr(Model.predict, "__wrapped__"), "the class itself is untouched"


@pytest.mark.parametrize("through", [lambda m: pickle.loads(pickle.dumps(m)), copy.copy, copy.deepcopy])
def test_a_copy_is_the_plain_object(through):
    model = monitor(Model(3.0), name="m")
    with capture(spans=False) as telemetry:
        again = through(model)
        assert (type(again), vars(again)) == (Model, {"weight": 3.0})
        assert again.predict([1.0]) == 3.0
        assert telemetry.events() == []
        model.predict([1.0])
    assert len(telemetry.events()) == 1, "the original is monitored still"


def test_a_pickle_needs_nothing_of_ours():
    assert b"model_monitoring" not in pickle.dumps(monitor(LogisticRegression(), name="m"))


def test_an_estimator_is_cloned_without_being_monitored():
    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    model = monitor(LogisticRegression().fit(rows, [0, 0, 1, 1]), name="m")
    with capture(spans=False) as telemetry:
        twin = clone(model).fit(rows, [0, 0, 1, 1])
        np.testing.assert_array_equal(twin.predict(rows), model.predict(rows))
    assert seen(telemetry) == [("m", "predict", {"class": [0.0, 0.0, 1.0, 1.0]})]


def test_objects_with_slots_and_objects_that_are_called():
    slotted = Slotted()
    slotted.weight = 5.0
    with capture(spans=False) as telemetry:
        assert monitor(slotted, name="slotted").predict([1.0]) == 5.0
        assert monitor(Callable(), name="called")([1.0]) == 1.0
    assert seen(telemetry) == [("slotted", "predict", {"value": [5.0]}), ("called", "__call__", {"value": [1.0]})]
    assert type(pickle.loads(pickle.dumps(slotted))) is Slotted


def test_coroutines_and_generators_and_methods_of_other_names():
    model = monitor(Lazy(), name="m", methods=["predict", "stream"])
    with capture(spans=False) as telemetry:
        assert asyncio.run(model.predict([1.0])) == 1.0
        assert list(model.stream([1.0])) == [1.0]
    assert [operation for _, operation, _ in seen(telemetry)] == ["predict", "stream"]


def test_options_and_the_name_of_nobodys_choice():
    model = monitor(Model(), segments=lambda a: {"long": len(a["row"]) > 1}, feature_names=["age"], capture="outputs")
    with capture(spans=False) as telemetry:
        model.predict([1.0])
    (event,) = telemetry.events()
    assert event["ml.model.name"].startswith("Model")
    assert (event["ml.features"], event["ml.segments"]) == ({}, {"long": [0.0]})


def test_a_function_that_wraps_the_object_counts_and_the_object_does_not():
    model = monitor(Model(), name="inner")

    @monitor_model(name="outer")
    def predict(row):
        return model.predict(row)

    with capture(spans=False) as telemetry:
        predict([1.0])
    assert [name for name, _, _ in seen(telemetry)] == ["outer"]


@pytest.mark.parametrize("stranger", [object(), 5, [1.0], len])
def test_what_cannot_be_monitored_is_left_as_it_is(stranger):
    _guard.reset()
    assert monitor(stranger, name="m") is stranger
    assert list(_guard.errors().values()) == [1]


def test_a_method_that_is_not_there_is_said(caplog):
    _guard.reset()
    model = monitor(Model(), name="m", methods=["forecast"])
    assert model.__class__ is Model
    assert "it has no method forecast" in caplog.text
