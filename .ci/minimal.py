"""A serving process that has the SDK and nothing else: no numpy, no pandas."""

import importlib.util

import model_monitoring

for absent in ("numpy", "pandas", "numba", "scipy", "pydantic"):
    assert importlib.util.find_spec(absent) is None, f"{absent} came with the SDK"


@model_monitoring.monitor_model(name="minimal", version="1")
def predict(row: dict[str, float]) -> float:
    """Predict."""
    return 2 * row["x"]


assert predict({"x": 1.0}) == 2.0
print("The SDK serves without extras.")
