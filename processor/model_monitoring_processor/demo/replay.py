"""The year, hour by hour, through the real SDK: predictions at push-back, labels when each flight has landed."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from model_monitoring import flush, last_prediction_ids, monitor_model, record_labels
from model_monitoring_processor.demo.data import FEATURES
from model_monitoring_processor.demo.model import LAST_TRAINING_MONTH, FlightModel

__all__ = ["MODEL_NAME", "MODEL_VERSION", "Step", "replay"]

MODEL_NAME = "flight_delay"
MODEL_VERSION = "2013.02"


class Step(NamedTuple):
    """One hour of schedule has been served."""

    month: str
    rows: int


class _Landings:
    """Labels in the order in which they become known, each sent once, as soon as its hour has come."""

    def __init__(self, served: pd.DataFrame) -> None:
        known = served.late.notna().to_numpy() & served.landed.notna().to_numpy()
        landed = served.landed.to_numpy("datetime64[ns]")
        order = np.argsort(landed, kind="stable")
        self._order: npt.NDArray[np.intp] = order[known[order]]
        self._landed = landed[self._order]
        self._late = served.late.to_numpy()
        self._sent = 0
        self.ids: list[str] = []

    def send(self, until: np.datetime64 | None) -> None:
        """Send every label known before `until`; None: all that is left."""
        end = len(self._order) if until is None else int(np.searchsorted(self._landed, until))
        rows = self._order[self._sent : end]
        if len(rows):
            record_labels([self.ids[row] for row in rows], [int(self._late[row]) for row in rows], model=MODEL_NAME)
        self._sent = max(end, self._sent)


def replay(model: FlightModel, flights: pd.DataFrame) -> Iterator[Step]:
    """Serve March to December, one call for each hour of schedule.

    Args:
        model: the model.
        flights: as `data.departed_flights` returns them.

    Yields:
        A step after each call, so that the caller can show progress.
    """

    @monitor_model(name=MODEL_NAME, version=MODEL_VERSION, task_type="binary", features="rows", event_time="departures")
    def predict(rows: pd.DataFrame, departures: npt.NDArray[np.datetime64]) -> npt.NDArray[np.float64]:  # noqa: ARG001 - the event times, for the decorator
        return model.score(rows)

    served = flights[flights.month > LAST_TRAINING_MONTH].reset_index(drop=True)
    departures = served.departure.to_numpy("datetime64[ns]")
    features = served[list(FEATURES)]
    landings = _Landings(served)
    for start, end in _hours(departures):
        landings.send(departures[start].astype("datetime64[h]"))
        predict(features.iloc[start:end], departures[start:end])
        landings.ids.extend(last_prediction_ids())
        yield Step(str(departures[start].astype("datetime64[M]")), end - start)
    landings.send(None)
    flush(timeout=30.0)


def _hours(departures: npt.NDArray[np.datetime64]) -> Iterator[tuple[int, int]]:
    """Bounds of the rows of each hour of schedule; the rows are in order of time."""
    hours = departures.astype("datetime64[h]")
    starts = np.flatnonzero(np.r_[True, hours[1:] != hours[:-1]])
    yield from zip(starts.tolist(), [*starts[1:].tolist(), len(hours)], strict=True)
