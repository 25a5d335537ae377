"""ONNX Runtime: `InferenceSession.run`. A session is called after its file, which says more than its class."""

import functools
import os
import sys
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

from model_monitoring import _guard
from model_monitoring.instrument._models import Description
from model_monitoring.instrument.base import Instrumentor

__all__ = ["OnnxInstrumentor"]

_files: "weakref.WeakKeyDictionary[Any, str]" = weakref.WeakKeyDictionary()


class OnnxInstrumentor(Instrumentor):
    """Hooks the class that defines `run`, and the one constructor."""

    library = "onnxruntime"
    _instruments = ("onnxruntime >= 1.16",)

    def _patch(self, module: ModuleType) -> None:
        session = module.InferenceSession
        runs = next(kind for kind in session.__mro__ if "run" in vars(kind))
        self._count(runs, "run", _inputs, describe, answer=_outputs)
        self._replace(session, "__init__", _remembering)


def _remembering(original: Any) -> Any:
    @functools.wraps(original)
    def __init__(self: Any, path_or_bytes: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  it becomes that method
        original(self, path_or_bytes, *args, **kwargs)
        try:
            if isinstance(path_or_bytes, str | os.PathLike):
                _files[self] = Path(path_or_bytes).stem
        except Exception as error:  # noqa: BLE001  never into the host
            _guard.report(error, "remembering the file of a session")

    return __init__


def describe(model: Any, _: str) -> Description:
    """Name of the model's file, and the names of its inputs where each is one column."""
    inputs = model.get_inputs()
    names = tuple(one.name for one in inputs) if len(inputs) > 1 else None
    return Description(feature_names=names, name=_files.get(model, ""))


def _inputs(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The one input as it is; several of one column each as a table, or as rows by name where there is text."""
    fed = args[2] if len(args) > 2 else kwargs["input_feed"]
    if len(fed) == 1:
        return next(iter(fed.values()))
    columns = {name: value.reshape(-1) for name, value in fed.items() if value.size == len(value)}
    names = [one.name for one in args[0].get_inputs()]
    if columns.keys() == set(names) and all(column.dtype.kind in "fiub" for column in columns.values()):
        return sys.modules["numpy"].column_stack([columns[name] for name in names])
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _outputs(model: Any, outputs: Any) -> Any:
    """The one output as it is; of a converted classifier the class and its probabilities; else all by name."""
    if len(outputs) == 1:
        return outputs[0]
    names = [one.name for one in model.get_outputs()]
    if len(outputs) != len(names):  # some were asked for, in an order of their own
        return outputs[0]
    if len(names) == 2 and "label" in names[0]:
        return _classified(outputs[0], outputs[1])
    return dict(zip(names, outputs, strict=True))


def _classified(labels: Any, probabilities: Any) -> Any:
    """Class and probabilities, which converters write as an array or as one dict per row; of two, the second."""
    is_listed = isinstance(probabilities, list)
    rows = [list(row.values()) for row in probabilities] if is_listed else probabilities
    if len(rows) and len(rows[0]) == 2:
        return {"class": labels, "score": [row[1] for row in rows]}
    return {"class": labels, "probability": rows}
