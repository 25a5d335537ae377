"""Data and models that every library is tried with; whatever a test instruments is put back after it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from model_monitoring import _names
from model_monitoring.instrument import uninstrument_all
from model_monitoring.testing import Telemetry, capture


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """No hook of one test is there in the next, and no name is taken by a model that is waiting to be collected."""
    _names._named.clear()
    yield
    uninstrument_all()


@pytest.fixture(autouse=True)
def telemetry() -> Iterator[Telemetry]:
    """Caught in every test: the threads of a real runtime would advance the clock of the next one."""
    with capture() as caught:
        yield caught


@pytest.fixture(scope="session")
def table() -> tuple[Any, Any]:
    """Eight rows of two features, and a class that the first one decides."""
    rows = np.array([[1, 5], [2, 6], [3, 7], [4, 8], [5, 5], [6, 6], [7, 7], [8, 8]], dtype="float64")
    return rows, (rows[:, 0] > 4).astype(int)
