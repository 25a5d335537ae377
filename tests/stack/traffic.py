"""Rows of a small model: four features, of which one can be made to drift."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

MODEL = "churn"
VERSION = "1"
FEATURES = ("age", "income", "tenure", "plan")
NUMERIC = ("age", "income", "tenure")


def rows(seed: int, count: int, drifted: str = "") -> dict[str, Any]:
    """Columns of `count` rows; the numeric feature `drifted` is moved by one standard deviation."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "age": rng.normal(45.0, 12.0, count),
        "income": rng.lognormal(10.0, 0.5, count),
        "tenure": rng.uniform(0.0, 72.0, count),
        "plan": rng.choice(["basic", "plus", "pro"], count, p=[0.5, 0.3, 0.2]),
    }
    if drifted:
        columns[drifted] = columns[drifted] + columns[drifted].std()
    return columns


def scores(columns: dict[str, Any]) -> Any:
    """The model: tenure alone decides, so that drift of another feature does not move the score."""
    return 1.0 / (1.0 + np.exp((columns["tenure"] - 36.0) / 12.0))


def write_reference_data(path: Path) -> None:
    """The training data, as CSV."""
    columns = rows(seed=1, count=5000)
    columns["score"] = scores(columns)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))
