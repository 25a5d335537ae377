"""What type checkers see of the public API: checked by mypy (`make lint`), never executed."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, assert_type

from model_monitoring import monitor, monitor_model, predict_span


@monitor_model
def bare(row: list[float], *, scale: float = 1.0) -> float:
    return scale


@monitor_model(name="m", version="1", segments=["region"], capture="latency")
def named(row: list[float], region: str) -> str:
    return region


@monitor_model(name="m", prediction_id=lambda arguments: arguments["order"], segments={"region": "region"})
async def awaited(order: str, region: str) -> float:
    return 1.0


@monitor_model(name="m")
def items(rows: list[float]) -> Iterator[float]:
    yield from rows


@monitor_model(name="m")
async def async_items(rows: list[float]) -> AsyncIterator[float]:
    yield 1.0


class Model:
    @monitor_model(name="m")
    def method(self, row: list[float]) -> float:
        return 1.0

    @staticmethod
    @monitor_model(name="m")
    def static(row: list[float]) -> int:
        return 1

    @classmethod
    @monitor_model(name="m")
    def of_class(cls, row: list[float]) -> "Model":
        return cls()


assert_type(bare([1.0], scale=2.0), float)
assert_type(named([1.0], region="eu"), str)
assert_type(items([1.0]), Iterator[float])
assert_type(async_items([1.0]), AsyncIterator[float])
assert_type(Model().method([1.0]), float)
assert_type(Model.static([1.0]), int)
assert_type(Model.of_class([1.0]), Model)
assert_type(monitor(Model(), name="m", methods=["method"]), Model)
coroutine: Callable[[str, str], Coroutine[Any, Any, float]] = awaited

bare("text")  # type: ignore[arg-type]
named([1.0])  # type: ignore[call-arg]
monitor_model(name="m", capture="everything")  # type: ignore[call-overload]

with predict_span("churn", version="3", features={"age": 35}) as span:
    span.output = 0.5
    assert_type(span.prediction_id, str | None)
