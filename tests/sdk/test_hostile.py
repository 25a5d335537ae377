"""Whatever a stranger's objects do, the model's own result or exception passes unchanged."""

import asyncio
import pickle
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring import (
    _guard,
    _prediction,
    flush,
    last_prediction_id,
    monitor,
    monitor_model,
    predict_span,
    record_labels,
)
from model_monitoring.testing import capture


class Hostile:
    """Raises whatever is asked of it."""

    def _no(self, *_args, **_kwargs):
        raise RuntimeError("hostile")

    __len__ = __str__ = __repr__ = __float__ = __iter__ = _no
    __array__ = __bool__ = __eq__ = tolist = _no
    to_numpy = _no
    __hash__ = object.__hash__


class HostileText(str):
    __slots__ = ()
    __len__ = __getitem__ = __str__ = encode = Hostile._no


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError("hostile")


class HostileDict(dict):
    keys = values = items = __iter__ = __len__ = Hostile._no


def _objects(items):
    array = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):
        array[position] = item
    return array


hostile = st.builds(Hostile) | st.builds(HostileText, st.text()) | st.builds(HostileDict, st.just({"a": 1}))
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
odd = st.builds(lambda: 10**5000) | st.text(st.characters(categories=["Cs"]), min_size=1) | st.datetimes() | st.dates()
scalar = plain | odd | hostile
anything = st.recursive(
    scalar,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.integers() | st.none(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=4).map(_objects)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(features=anything, answer=anything, key=anything, when=anything, task=st.sampled_from([None, "binary"]))
def test_any_features_answer_id_and_time_pass_unchanged(features, answer, key, when, task):
    @monitor_model(name="m", task_type=task, features="features", prediction_id="key", event_time="when")
    def predict(features, key, when):
        return answer

    with capture() as telemetry:
        assert predict(features, key=key, when=when) is answer
        record_labels([key], [answer])
        _nothing_is_lost(telemetry)


async def _awaited(features):
    await asyncio.sleep(0)
    return features


def _yielded(features):
    yield features
    return features


async def _async_yielded(features):
    yield features


class Named(NamedTuple):
    left: object
    right: object


@dataclass
class Record:
    left: object
    right: object


class Wire(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    left: object
    right: object


records = st.builds(Named, anything, anything) | st.builds(Record, anything, anything)
records |= st.builds(lambda left, right: Wire.model_construct(left=left, right=right), anything, anything)
named = records | st.lists(records, max_size=3) | anything


@settings(max_examples=150, deadline=None)
@given(features=named, answer=named, slices=named, mode=st.sampled_from(["features", "outputs", "latency"]))
def test_any_record_and_segment_passes_unchanged(features, answer, slices, mode):
    @monitor_model(name="m", features="features", segments=lambda a: a["slices"], capture=mode)
    def predict(features, slices):
        return answer

    with capture() as telemetry:
        assert predict(features, slices) is answer
        with predict_span("s", features=features, segments=slices, capture=mode) as span:
            span.output = answer
        _nothing_is_lost(telemetry)


@settings(max_examples=100, deadline=None)
@given(features=named)
def test_coroutines_and_generators_pass_anything_unchanged(features):
    with capture() as telemetry:
        decorate = monitor_model(name="m")
        assert asyncio.run(decorate(_awaited)(features)) is features
        generator = decorate(_yielded)(features)
        assert next(generator) is features
        with pytest.raises(StopIteration) as stopped:
            next(generator)
        assert stopped.value.value is features

        async def first():
            return await anext(decorate(_async_yielded)(features))

        assert asyncio.run(first()) is features
        _nothing_is_lost(telemetry)


@settings(max_examples=50, deadline=None)
@given(weight=named)
def test_a_monitored_object_answers_anything_unchanged(weight):
    class Model:
        def predict(self, row):
            return self.weight

    model = Model()
    model.weight = weight
    with capture() as telemetry:
        assert monitor(model, name="m").predict(weight) is weight
        _nothing_is_lost(telemetry)


def _nothing_is_lost(telemetry):
    """Whatever was recorded can be sent, and no error was ours."""
    ledger = telemetry.runtime.ledger
    telemetry.runtime.flush(0)
    assert telemetry.runtime.pending() == 0
    assert not any(reason == "internal_error" for _, reason in ledger.dropped)
    for event in telemetry.records():
        _encodable(event.attributes)


def _encodable(attributes):
    from opentelemetry.exporter.otlp.proto.common._internal import _encode_value

    for value in attributes.values():
        _encode_value(value).SerializeToString()


@given(
    features=st.dictionaries(st.text(), scalar, max_size=5),
    error=st.sampled_from([KeyError("k"), HostileError(), KeyboardInterrupt(), SystemExit(3)]),
)
def test_any_exception_passes_as_the_same_object(features, error):
    @monitor_model(name="m")
    def predict(features):
        raise error

    with capture() as telemetry:
        with pytest.raises(type(error)) as caught:
            predict(features)
        assert caught.value is error
        assert telemetry.metrics()["ml.inference.duration"][0]["error.type"] == type(error).__qualname__


def test_internal_error_reaches_the_log_once_and_never_the_host(monkeypatch, caplog):
    @monitor_model(name="m")
    def predict(features):
        return 1.0

    monkeypatch.setattr(_prediction, "new_ids", Hostile()._no)
    with capture() as telemetry:
        assert [predict([1.0]) for _ in range(3)] == [1.0] * 3
        assert telemetry.metrics()["ml.sdk.errors"] == [{"error.type": "RuntimeError", "value": 3}]
    assert len(caplog.records) == 1


def test_internal_error_in_a_block_or_a_generator_stays_inside(monkeypatch):
    @monitor_model(name="m")
    def predict(features):
        yield 1.0

    monkeypatch.setattr(_prediction, "new_ids", Hostile()._no)
    with capture():
        with predict_span("m", features=[1.0]) as span:
            assert span.prediction_id is None
        assert list(predict([1.0])) == [1.0]


def test_our_own_errors_are_loud_in_tests(monkeypatch):
    @monitor_model(name="m")
    def predict(features):
        return 1.0

    monkeypatch.setattr(_prediction, "new_ids", Hostile()._no)
    with capture(), pytest.raises(RuntimeError, match="hostile"):
        predict([1.0])


def test_causes_that_are_remembered_are_bounded():
    _guard.reset()
    for number in range(3000):
        _guard.warn_once("Some", f"cause {number}")
    assert _guard.errors() == {"Some": 3000}
    assert len(_guard._warned) == 1000
    _guard.reset()


@monitor_model(name="module")
def module_function(row):
    return 1.0


def test_a_decorated_function_pickles():
    assert pickle.loads(pickle.dumps(module_function)) is module_function


def test_nothing_to_flush_is_flushed():
    assert flush(0)
    assert last_prediction_id() is None or last_prediction_id()
