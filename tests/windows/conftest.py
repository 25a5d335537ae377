"""Models, references and batches to count."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from model_monitoring_processor.reference import Reference, build
from model_monitoring_processor.types import CategoricalColumn, Column, ModelId, NumericColumn, PredictionBatch
from model_monitoring_processor.windows import Pane, PaneKey

SECOND = 1_000_000_000
MODEL = ModelId("m", "1", "test")


def text(values: Sequence[str | None]) -> CategoricalColumn:
    """A categorical column as it comes off the wire; None is missing."""
    names = tuple(dict.fromkeys(v for v in values if v is not None))
    codes = [255 if v is None else names.index(v) for v in values]
    return CategoricalColumn(np.array(codes, np.uint8), names)


def numbers(values: Sequence[float], dtype: type = np.float64) -> NumericColumn:
    return NumericColumn(np.array(values, dtype))


def batch(
    features: dict[str, Column],
    outputs: dict[str, Column] | None = None,
    seconds: Sequence[float] | None = None,
    weights: Sequence[float] | None = None,
) -> PredictionBatch:
    first = next(iter(features.values()))
    n = len(first.values if isinstance(first, NumericColumn) else first.codes)
    times = np.zeros(n, np.int64) if seconds is None else (np.asarray(seconds) * SECOND).astype(np.int64)
    return PredictionBatch(
        model=MODEL,
        batch_id="b",
        keys=np.zeros((n, 16), np.uint8),
        times=times,
        features=features,
        outputs=outputs or {},
        weights=None if weights is None else np.array(weights, np.float64),
    )


class Panes(dict[PaneKey, Pane]):
    """All panes by key; one that is asked for is made."""

    def __call__(self, key: PaneKey) -> Pane:
        return self.setdefault(key, Pane(key, 300))


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(text=text, numbers=numbers, batch=batch, Panes=Panes, model=MODEL)


@pytest.fixture(scope="session")
def reference() -> Reference:
    rng = np.random.default_rng(0)
    return build(
        {
            "x": rng.normal(size=3000),
            "zeros": np.where(rng.random(3000) < 0.9, 0.0, rng.random(3000)),
            "colour": rng.choice(["red", "green", "blue"], 3000, p=[0.6, 0.3, 0.1]),
            "p": rng.random(3000),
        },
        model="m",
        outputs={"p": "score"},
    )


@pytest.fixture
def cells() -> Callable[[Panes, Reference, str, str], np.ndarray]:
    """Counts of one column over all panes."""

    def of(panes: Panes, reference: Reference, role: str, name: str) -> np.ndarray:
        column = reference.column(role, name)
        total = sum(p.parts["bins", reference.hash].values for p in panes.values())
        return total[column.offset : column.offset + column.cells]

    return of
