"""Rows into panes: packed columns to counted cells, one core.

    python benchmarks/panes.py [--columns 30] [--rows 10000]

Prints rows per second, and the cost of one value beside those of a plain copy, numpy.histogram and numpy.searchsorted
of the same values in the same run: compare the ratios, not the absolutes.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from model_monitoring_processor.evaluate import evaluate
from model_monitoring_processor.reference import Reference, build
from model_monitoring_processor.types import EvaluationSettings, ModelId, NumericColumn, PredictionBatch, Window
from model_monitoring_processor.windows import Pane, PaneKey, add_predictions, view_of

SHAPES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "lognormal, sigma 3": lambda rng, n: rng.lognormal(0, 3, n),
    "cauchy": lambda rng, n: rng.standard_cauchy(n),
    "integers": lambda rng, n: rng.poisson(20, n).astype(float),
    "92 % zeros": lambda rng, n: np.where(rng.random(n) < 0.92, 0.0, rng.exponential(size=n)),
}


def best(work: Callable[[], object], repeats: int = 15) -> float:
    """Seconds of the fastest of some runs, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def batch_of(columns: dict[str, np.ndarray]) -> PredictionBatch:
    n = len(next(iter(columns.values())))
    packed = {name: NumericColumn(np.frombuffer(values.tobytes(), values.dtype)) for name, values in columns.items()}
    return PredictionBatch(ModelId("m"), "b", np.zeros((n, 16), np.uint8), np.zeros(n, np.int64), packed, {})


def measure(shape: str, rows: int, columns: int, dtype: type) -> tuple[Reference, Pane]:
    rng, draw = np.random.default_rng(0), SHAPES[shape]
    reference = build({f"f{i}": draw(rng, 20_000) for i in range(columns)}, model="m")
    values = {f"f{i}": draw(rng, rows).astype(dtype) for i in range(columns)}
    batch, panes = batch_of(values), {}

    def pane_of(key: PaneKey) -> Pane:
        return panes.setdefault(key, Pane(key, 300))

    ours = best(lambda: add_predictions(batch, reference, 300, pane_of))
    edges, target = reference.columns[0].cuts, np.empty_like(values["f0"])
    others = {
        "copy": best(lambda: [np.copyto(target, v) for v in values.values()]),
        "histogram": best(lambda: [np.histogram(v, 256) for v in values.values()]),
        "searchsorted": best(lambda: [np.searchsorted(edges, v, side="right") for v in values.values()], 5),
    }
    each = rows * columns / 1e9
    figures = "  ".join(f"{name} {seconds / each:6.2f} ({ours / seconds:.2f}x)" for name, seconds in others.items())
    print(f"{shape:20} {dtype.__name__:8} {rows / ours:12,.0f} rows/s  ns a value: ours {ours / each:5.2f}  {figures}")
    return reference, next(iter(panes.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rows", type=int, default=10_000)
    arguments = parser.parse_args()
    for shape in SHAPES:
        reference, pane = measure(shape, arguments.rows, arguments.columns, np.float64)
    measure("normal", arguments.rows, arguments.columns, np.float32)
    window = Window("w", "5m", 0, 300)
    data = pane.to_bytes()
    print(f"pane: {len(data):,} bytes", end="")
    print(f", encode {best(pane.to_bytes) * 1e6:.0f} us", end="")
    print(f", decode {best(lambda: Pane.from_bytes(pane.key, data)) * 1e6:.0f} us", end="")
    print(f", merge {best(lambda: pane.copy().merge(pane)) * 1e6:.0f} us with a copy")
    view = view_of(window, [pane])
    spent = best(lambda: evaluate(view, reference, EvaluationSettings(), ()))
    print(f"evaluation of {arguments.columns} columns: {spent * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
