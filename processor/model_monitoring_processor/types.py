"""The frozen types that cross the walls between rooms, and nothing else.

ingest --PredictionBatch | LabelBatch--> windows --WindowView--> evaluate --Snapshot--> export | store | report
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "Bytes",
    "CategoricalColumn",
    "Column",
    "ColumnResult",
    "ColumnTest",
    "EvaluationSettings",
    "Float",
    "Int",
    "Kind",
    "LabelBatch",
    "Method",
    "ModelId",
    "NumericColumn",
    "Performance",
    "PredictionBatch",
    "Provenance",
    "Role",
    "Snapshot",
    "Verdict",
    "Window",
]

Float: TypeAlias = npt.NDArray[np.float64]
Int: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

Role: TypeAlias = Literal["feature", "output"]
Kind: TypeAlias = Literal["numeric", "categorical"]
Method: TypeAlias = Literal["auto", "ks_test", "chi_squared", "psi", "js"]
Verdict: TypeAlias = Literal["ok", "exceeded", "drifted", "insufficient_data", "no_reference"]


class ModelId(NamedTuple):
    """Identity of a model. An empty string means that the sender did not say."""

    name: str
    version: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Numbers, shape (rows,), float64 or float32 as they were sent; NaN is a missing value."""

    values: npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class CategoricalColumn:
    """Codes into `categories`, shape (rows,), uint8 | uint16 | uint32; the dtype's largest value is a missing one."""

    codes: npt.NDArray[np.unsignedinteger[Any]]
    categories: tuple[str, ...]


Column: TypeAlias = NumericColumn | CategoricalColumn


@dataclass(frozen=True, slots=True)
class PredictionBatch:
    """Validated rows of one model, n of them. Arrays may be read-only views of the request's bytes."""

    model: ModelId
    batch_id: str
    keys: Bytes
    """(n, 16): the row's key. A UUID is its own key; any other id is hashed (see `ids`)."""
    times: Int
    """(n,): event time, unix nanoseconds."""
    features: Mapping[str, Column]
    outputs: Mapping[str, Column]
    weights: Float | None = None
    """(n,): rows that each row stands for; None: one each."""
    latencies: npt.NDArray[np.float32] | None = None
    span_contexts: Bytes | None = None
    """(n, 24): trace id and span id."""
    segments: Mapping[str, Column] | None = None
    task_type: str = ""
    schema_hash: str = ""
    row_ids: Bytes | None = None
    """(n, 16): what a row is known by where no batch id can be (telemetry that the Collector may batch anew): a row
    that comes again changes nothing, whatever it comes with. None: `batch_id` alone decides."""
    biased: bool = False
    """The rows were chosen for what they are (tail sampling): no weight mends that, and no verdict rests on them."""

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class LabelBatch:
    """Validated labels, n of them. A label names its row by key only; the row knows its model's version."""

    model: ModelId
    batch_id: str
    keys: Bytes
    labels: tuple[str, ...]
    """Canonical form (see `categories.canonical`): 1, 1.0, True and "1" are all "1"."""
    times: Int
    traces: Bytes | None = None
    """(n, 16): trace ids, where the labels name their rows by trace; `keys` are then made of them (`ids.trace_key`)."""

    def __len__(self) -> int:
        return len(self.labels)


class Window(NamedTuple):
    """A half-open interval of event time, [start, end), unix seconds, with the name that people see."""

    name: str
    """`2013-03` (months), `2026-03-16` (days), `2026-03-16T05:00Z` (shorter)."""
    length: str
    """As configured: `1h`, `1d`, `7d`, `month`."""
    start: int
    end: int


class ColumnTest(NamedTuple):
    """How a kind of column is tested. `threshold` is a level for ks_test, chi_squared and auto, else a distance."""

    method: Method
    threshold: float


class EvaluationSettings(NamedTuple):
    """What `evaluate` needs of the effective configuration of one model."""

    numerical: ColumnTest = ColumnTest("ks_test", 0.05)
    categorical: ColumnTest = ColumnTest("chi_squared", 0.05)
    prediction: ColumnTest = ColumnTest("psi", 0.1)
    config_hash: str = ""


@dataclass(frozen=True, slots=True)
class ColumnResult:
    """Verdict on one feature or output in one window, with every figure it was made from. None: does not apply."""

    name: str
    """The feature's name; outputs are called `prediction.score`, `prediction.class`, `prediction.value`, ..."""
    role: Role
    kind: Kind
    verdict: Verdict
    reason: str
    """A sentence for people."""
    severity: Literal["", "info", "warning", "critical"]
    """Empty unless drifted."""
    method: Method
    threshold: float
    n_reference: int
    n_current: int
    """Rows that are not missing."""
    missing_ratio: float
    ks: float | None = None
    psi: float | None = None
    js: float | None = None
    tvd: float | None = None
    chi_squared: float | None = None
    """Textbook statistic over all categories, seen and unseen."""
    effect: float | None = None
    """D of the verdict: the KS distance of a numeric column, the total variation of a categorical one."""
    w2: float | None = None
    """Squared effect free of noise: max(0, chi2 - dof) / n_e."""
    p_value: float | None = None
    q_value: float | None = None


@dataclass(frozen=True, slots=True)
class Performance:
    """What the labels that have come say of a window."""

    labelled: int
    coverage: float
    metrics: Mapping[str, float]
    """accuracy, precision, recall, f1: those that are defined, no NaN."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a snapshot: enough to make it again."""

    reference_hash: str
    config_hash: str
    software: str
    schema: int
    rows_received: int
    rows_used: int
    """Rows compared with the reference; fewer than received where panes were made under another reference."""
    rows_represented: float
    """Sum of the weights: more than received where the sender sampled."""
    gaps: tuple[str, ...] = ()
    """What is known to be missing, in words."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The result of one evaluation. Made by the same input it is the same to the byte."""

    model: ModelId
    segment: str
    window: Window
    columns: tuple[ColumnResult, ...]
    performance: Performance | None
    provenance: Provenance

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of any column."""
        verdicts = {column.verdict for column in self.columns}
        return next((v for v in _WORST_FIRST if v in verdicts), "no_reference")


_WORST_FIRST: tuple[Verdict, ...] = ("drifted", "exceeded", "ok", "insufficient_data", "no_reference")
