"""Coroutines and generators: monitored as what they are, and still what they were."""

import asyncio
import gc
import inspect
import pickle
import subprocess
import sys

import cloudpickle
import numpy as np
import pytest
from inline_snapshot import snapshot
from opentelemetry import trace

from model_monitoring import _guard, last_prediction_id, last_prediction_ids, monitor_model
from model_monitoring.testing import capture


@monitor_model(name="plain")
def plain(row: list[float], *, scale: float = 1.0) -> float:
    """Predict."""
    return scale


@monitor_model(name="awaited")
async def awaited(row: list[float], *, scale: float = 1.0) -> float:
    """Predict."""
    await asyncio.sleep(0)
    return sum(row) * scale


@monitor_model(name="items")
def items(rows):
    """Predict."""
    for row in rows:
        yield sum(row)
    return "over"


@monitor_model(name="async_items")
async def async_items(rows):
    """Predict."""
    for row in rows:
        await asyncio.sleep(0)
        yield sum(row)


class Service:
    @monitor_model(name="method")
    async def method(self, row):
        return 1.0

    @monitor_model(name="static")
    @staticmethod
    async def static(row):
        return 2.0

    @classmethod
    @monitor_model(name="class")
    def of_class(cls, rows):
        yield from (3.0 for _ in rows)


async def collect(generator):
    return [item async for item in generator]


def kinds(function):
    return [
        inspect.iscoroutinefunction(function),
        inspect.isgeneratorfunction(function),
        inspect.isasyncgenfunction(function),
    ]


@pytest.mark.parametrize("function", [plain, awaited, items, async_items])
def test_a_function_stays_what_it_was(function):
    original = function.__wrapped__
    assert kinds(function) == kinds(original)
    assert inspect.signature(function) == inspect.signature(original)
    assert (function.__name__, function.__qualname__, function.__module__, function.__doc__) == (
        original.__name__, original.__qualname__, original.__module__, "Predict.",
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(function)) is function
    assert kinds(cloudpickle.loads(cloudpickle.dumps(function))) == kinds(original)


def test_a_coroutine_is_one_prediction():
    with capture() as telemetry:
        assert asyncio.run(awaited([1.0, 2.0], scale=2.0)) == 6.0
    assert telemetry.events() == snapshot(
        [
            {
                "event": "ml.prediction.batch",
                "ml.wire.version": "1",
                "ml.batch.id": "018bcfe5680170c6a6a3a4506513270e",
                "ml.batch.row_count": 1,
                "ml.batch.timestamps": [1700000000.0],
                "ml.prediction.ids": ["018bcfe5-6800-726b-b2a7-4de452e6b438"],
                "ml.batch.latencies": [0.001],
                "ml.features": {"feature_0": [1.0], "feature_1": [2.0]},
                "ml.outputs": {"value": [6.0]},
                "ml.feature.schema_hash": "9854a2d319b526a2",
                "ml.batch.span_contexts": ["000000000000000000000000000000010000000000000002"],
                "ml.operation.name": "awaited",
                "ml.model.name": "awaited",
            }
        ]
    )
    assert [(s["name"], s["status"]) for s in telemetry.spans()] == [("predict awaited", "UNSET")]


def test_methods_of_all_kinds():
    with capture(spans=False) as telemetry:
        assert asyncio.run(Service().method([1.0])) == 1.0
        assert asyncio.run(Service.static([1.0])) == 2.0
        assert list(Service.of_class([[1.0]])) == [3.0]
    assert [(e["ml.model.name"], e["ml.outputs"]) for e in telemetry.events()] == [
        ("method", {"value": [1.0]}), ("static", {"value": [2.0]}), ("class", {"value": [3.0]}),
    ]  # fmt: skip


def test_each_task_knows_its_own_last_prediction():
    @monitor_model(name="m", prediction_id="key")
    async def predict(row, key):
        await asyncio.sleep(0)
        return 1.0

    async def request(key):
        await predict([1.0], key)
        await asyncio.sleep(0)
        return last_prediction_id()

    async def main():
        return await asyncio.gather(*(request(f"id-{i}") for i in range(20)))

    with capture() as telemetry:
        assert asyncio.run(main()) == [f"id-{i}" for i in range(20)]
    assert telemetry.events()[0]["ml.batch.row_count"] == 20
    assert {span["parent"] for span in telemetry.spans()} == {None}, "concurrent tasks do not nest"


def test_a_cancelled_prediction_is_a_failure():
    @monitor_model(name="m")
    async def predict(row):
        await asyncio.Event().wait()

    async def main():
        task = asyncio.create_task(predict([1.0]))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with capture() as telemetry:
        asyncio.run(main())
    assert telemetry.events() == []
    assert telemetry.metrics()["ml.inference.duration"][0]["error.type"] == "CancelledError"


@pytest.mark.parametrize("run", [lambda rows: list(items(rows)), lambda rows: asyncio.run(collect(async_items(rows)))])
def test_an_exhausted_generator_is_one_prediction_with_an_item_for_each_row(run):
    with capture() as telemetry:
        assert run([[1.0], [2.0]]) == [1.0, 2.0]
        assert len(last_prediction_ids()) in (0, 2)  # asyncio.run has a context of its own
    (event,) = telemetry.events()
    assert event["ml.features"] == {"feature_0": [1.0, 2.0]}
    assert event["ml.outputs"] == {"value": [1.0, 2.0]}
    assert len(telemetry.spans()) == 1


def test_only_the_time_within_the_generator_counts():
    with capture(spans=False) as telemetry:
        for _ in items([[1.0], [2.0]]):
            telemetry.metrics()  # each look at the clock takes a millisecond
    assert telemetry.events()[0]["ml.batch.latencies"] == [0.004, 0.004]


def test_a_generator_that_is_closed_has_answered_what_it_has():
    with capture() as telemetry:
        generator = items([[1.0], [2.0], [3.0]])
        assert next(generator) == 1.0
        assert trace.get_current_span() is trace.INVALID_SPAN, "the caller is not in the prediction"
        generator.close()
    assert telemetry.events()[0]["ml.batch.row_count"] == 3
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0, None, None]}
    assert telemetry.spans()[0]["status"] == "UNSET"


def test_a_generator_that_is_forgotten_is_closed():
    with capture() as telemetry:
        generator = items([[1.0], [2.0]])
        next(generator)
        del generator
        gc.collect()
    assert len(telemetry.events()) == 1


def test_an_async_generator_that_is_closed_has_answered_what_it_has():
    async def main():
        generator = async_items([[1.0], [2.0]])
        await anext(generator)
        await generator.aclose()

    with capture() as telemetry:
        asyncio.run(main())
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0, None]}
    assert len(telemetry.spans()) == 1


def test_a_generator_that_is_never_begun_is_no_prediction():
    with capture() as telemetry:
        items([[1.0]]).close()
        generator = items([[1.0]])
        del generator
    assert telemetry.events() == telemetry.spans() == []


@pytest.mark.parametrize("handled", [True, False])
def test_what_is_sent_and_thrown_arrives(handled):
    @monitor_model(name="m")
    def talk(row):
        try:
            got = yield "first"
            yield got
        except LookupError:
            if not handled:
                raise
            yield "handled"
        return "result"

    def outer():
        return (yield from talk([1.0]))

    error = LookupError("mine")
    with capture() as telemetry:
        generator = outer()
        assert next(generator) == "first"
        assert generator.send("sent") == "sent"
        if handled:
            assert generator.throw(error) == "handled"
            with pytest.raises(StopIteration) as stopped:
                next(generator)
            assert stopped.value.value == "result"
        else:
            with pytest.raises(LookupError) as raised:
                generator.throw(error)
            assert raised.value is error
    assert len(telemetry.events()) == handled
    assert telemetry.metrics()["ml.inference.duration"][0].get("error.type") == (None if handled else "LookupError")


@pytest.mark.parametrize("handled", [True, False])
def test_what_is_sent_and_thrown_arrives_in_async_generators(handled):
    @monitor_model(name="m")
    async def talk(row):
        try:
            got = yield "first"
            yield got
        except LookupError:
            if not handled:
                raise
            yield "handled"

    async def main():
        generator = talk([1.0])
        assert await anext(generator) == "first"
        assert await generator.asend("sent") == "sent"
        error = LookupError("mine")
        if handled:
            assert await generator.athrow(error) == "handled"
            assert [item async for item in generator] == []
        else:
            with pytest.raises(LookupError) as raised:
                await generator.athrow(error)
            assert raised.value is error

    with capture() as telemetry:
        asyncio.run(main())
    assert len(telemetry.events()) == handled


@pytest.mark.parametrize("lazily", [True, False])
def test_the_items_for_a_single_row_are_its_answer_and_bounded(lazily):
    @monitor_model(name="m")
    def predict(row):
        yield from range(3 if lazily else 10_000)

    with capture(spans=False) as telemetry:
        assert len(list(predict({"a": 1}))) == (3 if lazily else 10_000)
    assert len(telemetry.events()[0]["ml.outputs"]) == (3 if lazily else 64)
    assert _guard.errors() == ({} if lazily else {"TooManyItems": 1})


def test_items_of_a_sampled_call_are_those_of_the_rows_that_were_kept(monkeypatch):
    monkeypatch.setenv("MODEL_MONITORING_RING_ROWS", "40")

    @monitor_model(name="m")
    def predict(rows):
        yield from rows[:, 0]

    with capture(spans=False) as telemetry:
        list(predict(np.arange(100.0).reshape(-1, 1)))
    (event,) = telemetry.events()
    assert event["ml.batch.row_count"] == 10
    assert event["ml.outputs"]["value"] == event["ml.features"]["feature_0"]
    assert event["ml.batch.weights"] == [10.0] * 10


def test_a_generator_of_one_answer_for_all_rows():
    @monitor_model(name="m")
    def predict(rows):
        yield rows[:, 0]

    with capture(spans=False) as telemetry:
        list(predict(np.ones((3, 2))))
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0] * 3}


def test_objects_with_a_call_that_is_a_coroutine():
    class Model:
        async def __call__(self, row):
            return 1.0

    with capture(spans=False) as telemetry:
        assert asyncio.run(monitor_model(name="m")(Model())([1.0])) == 1.0
    assert telemetry.events()[0]["ml.outputs"] == {"value": [1.0]}


def test_the_sdk_does_not_import_asyncio():
    program = "import sys, model_monitoring; print('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.strip() == b"False"
