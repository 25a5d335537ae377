"""Predictions made by generators: one that begins with the first item asked for and ends when the generator does.

It is over when the generator is exhausted, closed (what was answered so far is the answer) or left by an exception.
Only the time within the generator counts, and only there is its span current: the caller's time is not the model's.
"""

from collections.abc import Generator, Iterator
from typing import Any

from model_monitoring import _guard
from model_monitoring._given import unreadable
from model_monitoring._output import copy_output, size_of_output
from model_monitoring._prediction import Monitored, Prediction
from model_monitoring._values import Scalar

__all__ = ["Stream", "watch"]

MAX_ITEMS = 64
"""Items kept as the answer for a single row."""
MAX_ROWS = 10_000
"""Items kept where nothing says how many rows there are."""


class Stream:
    """The prediction behind one generator, and the items that it has answered, as far as they are kept."""

    def __init__(self, monitored: Monitored, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._prediction = Prediction()
        self._prediction.start(monitored, args, kwargs)
        self._prediction.pause()
        self._items: list[Any] = []
        self._count = 0
        captured = self._prediction.captured
        rows = MAX_ROWS if captured is None else captured.sampled_from or captured.rows
        self._rows = 0 if captured is None else captured.rows
        self._room = MAX_ITEMS if rows == 1 else rows + 1
        """One more than there are rows shows that the items are not one for each."""
        self._kept = None if captured is None or captured.kept is None else frozenset(captured.kept)

    def resume(self) -> None:
        """The generator has its turn."""
        self._prediction.resume()

    def add(self, item: Any) -> None:
        """The generator has answered an item, and waits."""
        if self._count < self._room and (self._kept is None or self._count in self._kept):
            try:
                self._items.append(copy_output(item))
            except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
                unreadable("output", item, error)
                self._items.append(None)
        self._count += 1
        self._prediction.pause()

    def stop(self) -> None:
        """The generator has ended: its items are the answer, one for each row, or all of them for a single row."""
        if self._count > self._room:
            _guard.warn_once("TooManyItems", f"of {self._count} items the first {self._room} are kept", "TooManyItems")
        try:
            output = self._answer()
        except Exception as error:  # noqa: BLE001  as above
            unreadable("output", self._items, error)
            output = None
        self._prediction.size += size_of_output(output)
        self._prediction.stop(output, copied=True)

    def _answer(self) -> Any:
        items = self._items
        if not items:
            return None
        if self._count == 1 and (self._rows <= 1 or not isinstance(items[0], Scalar)):
            return items[0]
        if self._rows > 1:  # a generator that was closed early has not answered for every row
            items += [_missing(items[0])] * (self._rows - len(items))
        return copy_output(items)

    def fail(self, error: BaseException) -> None:
        """The generator has raised."""
        self._prediction.fail(error)

    async def aclose(self, generator: Any) -> None:
        """Close an async generator: the end of the prediction, unless it objects."""
        self.resume()
        try:
            await generator.aclose()
        except BaseException as error:
            self.fail(error)
            raise
        self.stop()


def _missing(like: Any) -> Any:
    if isinstance(like, dict):
        return {}
    width = len(like) if isinstance(like, tuple) or getattr(like, "ndim", 0) == 1 else 0
    return (None,) * width or None


class _Watched(Iterator[Any]):
    """What `yield from` drives in a generator's place. It ends as the generator does."""

    def __init__(self, generator: Generator[Any, Any, Any], stream: Stream) -> None:
        self._generator = generator
        self._stream = stream

    def __next__(self) -> Any:
        return self._step(self._generator.__next__)

    def send(self, value: Any) -> Any:
        return self._step(self._generator.send, value)

    def throw(self, *error: Any) -> Any:
        return self._step(self._generator.throw, *error)

    def close(self) -> None:
        self._stream.resume()
        try:
            self._generator.close()
        except BaseException as error:
            self._stream.fail(error)
            raise
        self._stream.stop()

    def _step(self, advance: Any, *args: Any) -> Any:
        self._stream.resume()
        try:
            item = advance(*args)
        except StopIteration:
            self._stream.stop()
            raise
        except BaseException as error:
            self._stream.fail(error)
            raise
        self._stream.add(item)
        return item


def watch(generator: Generator[Any, Any, Any], stream: Stream) -> Iterator[Any]:
    """Stand before a generator, for `yield from`, and tell a stream of its items and of its end."""
    return _Watched(generator, stream)
