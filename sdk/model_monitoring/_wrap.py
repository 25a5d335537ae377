"""The closures around monitored functions: one for each kind of function, so that each stays what it was."""

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from model_monitoring._prediction import Monitored, Prediction
from model_monitoring._streams import Stream, watch

__all__ = ["is_lazy", "wrap"]


def wrap(function: Callable[..., Any], monitored: Monitored) -> Callable[..., Any]:
    """Make the monitored form of a function, coroutine function, generator function or async generator function."""
    for is_kind, make in _KINDS:
        if _is(is_kind, function):
            return functools.wraps(function)(make(function, monitored))
    return functools.wraps(function)(_plain(function, monitored))


def is_lazy(function: Callable[..., Any]) -> bool:
    """Tell a function whose call does nothing yet: the prediction is made when its result is awaited or iterated."""
    return any(_is(is_kind, function) for is_kind, _ in _KINDS)


def _is(is_kind: Callable[[Any], bool], function: Any) -> bool:
    return is_kind(function) or is_kind(getattr(type(function), "__call__", None))  # noqa: B004  of objects


def _plain(function: Callable[..., Any], monitored: Monitored) -> Callable[..., Any]:
    def predict(*args: Any, **kwargs: Any) -> Any:
        prediction = Prediction()
        prediction.start(monitored, args, kwargs)
        try:
            output = function(*args, **kwargs)
        except BaseException as error:
            prediction.fail(error)
            raise
        prediction.stop(output)
        return output

    return predict


def _coroutine(function: Callable[..., Any], monitored: Monitored) -> Callable[..., Any]:
    async def predict(*args: Any, **kwargs: Any) -> Any:
        prediction = Prediction()
        prediction.start(monitored, args, kwargs)
        try:
            output = await function(*args, **kwargs)
        except BaseException as error:
            prediction.fail(error)
            raise
        prediction.stop(output)
        return output

    return predict


def _generator(function: Callable[..., Any], monitored: Monitored) -> Callable[..., Any]:
    def predict(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        return (yield from watch(function(*args, **kwargs), Stream(monitored, args, kwargs)))

    return predict


def _async_generator(function: Callable[..., Any], monitored: Monitored) -> Callable[..., Any]:
    """There is no `yield from` for these: what is sent and thrown is passed on by hand."""

    async def predict(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        generator = function(*args, **kwargs)
        stream = Stream(monitored, args, kwargs)
        step = generator.__anext__()
        while True:
            stream.resume()
            try:
                item = await step
            except StopAsyncIteration:
                stream.stop()
                return
            except BaseException as error:
                stream.fail(error)
                raise
            stream.add(item)
            try:
                step = generator.asend((yield item))
            except GeneratorExit:
                await stream.aclose(generator)
                raise
            except BaseException as error:  # noqa: BLE001  thrown in by the caller, and passed on
                step = generator.athrow(error)

    return predict


_KINDS = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.isgeneratorfunction, _generator),
)
