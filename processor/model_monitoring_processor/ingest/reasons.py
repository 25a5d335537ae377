"""The closed list of reasons for which data or requests are refused: values of the `reason` attribute of counters."""

from typing import Final

__all__ = [
    "AMBIGUOUS_TRACE",
    "BATCH_ID",
    "COLUMN_CODES",
    "COLUMN_LENGTH",
    "COLUMN_NAME",
    "COLUMN_TYPE",
    "CONFLICTING",
    "CONTENT_TYPE",
    "DUPLICATE",
    "DUPLICATE_BATCH",
    "DUPLICATE_NAME",
    "ENCODING",
    "ENVIRONMENT",
    "EVENT_TIME",
    "FAILED_CALL",
    "IDS",
    "INTERNAL",
    "JSON",
    "LABEL",
    "MALFORMED",
    "MISSING_COLUMN",
    "MODEL_NAME",
    "MODEL_VERSION",
    "NO_CLASS",
    "NO_COLUMNS",
    "NO_PREDICTION",
    "NO_SOURCE",
    "OVERLOADED",
    "OWN_SCOPE",
    "PENDING_EXPIRED",
    "PENDING_FULL",
    "REASONS",
    "ROW_COUNT",
    "SCHEMA_HASH",
    "TASK_TYPE",
    "TENSOR",
    "TIMESTAMPS",
    "TIME_SPREAD",
    "TOO_LARGE",
    "TOO_MANY_CELLS",
    "TOO_MANY_COLUMNS",
    "TOO_MANY_MODELS",
    "UNKNOWN_COLUMN",
    "WEIGHTS",
    "WIRE_VERSION",
]

# a record, or some of its rows, is bad data
MALFORMED: Final = "malformed"
WIRE_VERSION: Final = "wire_version"
MODEL_NAME: Final = "model_name"
MODEL_VERSION: Final = "model_version"
ENVIRONMENT: Final = "environment"
TASK_TYPE: Final = "task_type"
SCHEMA_HASH: Final = "schema_hash"
BATCH_ID: Final = "batch_id"
ROW_COUNT: Final = "row_count"
TIMESTAMPS: Final = "timestamps"
EVENT_TIME: Final = "event_time"
TIME_SPREAD: Final = "time_spread"
IDS: Final = "ids"
COLUMN_TYPE: Final = "column_type"
COLUMN_LENGTH: Final = "column_length"
COLUMN_CODES: Final = "column_codes"
COLUMN_NAME: Final = "column_name"
DUPLICATE_NAME: Final = "duplicate_name"
TOO_MANY_COLUMNS: Final = "too_many_columns"
WEIGHTS: Final = "weights"
LABEL: Final = "label"
JSON: Final = "json"
TENSOR: Final = "tensor"
NO_COLUMNS: Final = "no_columns"
TOO_MANY_CELLS: Final = "too_many_cells"

# well-formed, and yet not counted
NO_CLASS: Final = "no_class"
"""The label of a prediction that has neither a class nor a score: it is kept, and counts in no metric yet."""
MISSING_COLUMN: Final = "missing_column"
UNKNOWN_COLUMN: Final = "unknown_column"
DUPLICATE: Final = "duplicate"
DUPLICATE_BATCH: Final = "duplicate_batch"
CONFLICTING: Final = "conflicting"
NO_PREDICTION: Final = "no_prediction"
PENDING_FULL: Final = "pending_full"
PENDING_EXPIRED: Final = "pending_expired"
TOO_MANY_MODELS: Final = "too_many_models"
AMBIGUOUS_TRACE: Final = "ambiguous_trace"

# telemetry that is none of ours
OWN_SCOPE: Final = "own_scope"
NO_SOURCE: Final = "no_source"
FAILED_CALL: Final = "failed_call"

# a request as a whole
CONTENT_TYPE: Final = "content_type"
ENCODING: Final = "encoding"
TOO_LARGE: Final = "too_large"
OVERLOADED: Final = "overloaded"
INTERNAL: Final = "internal"

REASONS: Final = frozenset(
    {
        MALFORMED, WIRE_VERSION, MODEL_NAME, MODEL_VERSION, ENVIRONMENT, TASK_TYPE, SCHEMA_HASH, BATCH_ID,
        ROW_COUNT, TIMESTAMPS, EVENT_TIME, TIME_SPREAD, IDS, COLUMN_TYPE, COLUMN_LENGTH, COLUMN_CODES,
        COLUMN_NAME, DUPLICATE_NAME, TOO_MANY_COLUMNS, WEIGHTS, LABEL, JSON, TENSOR, NO_COLUMNS, TOO_MANY_CELLS,
        NO_CLASS, MISSING_COLUMN, UNKNOWN_COLUMN, DUPLICATE, DUPLICATE_BATCH, CONFLICTING, NO_PREDICTION,
        PENDING_FULL, PENDING_EXPIRED, TOO_MANY_MODELS, AMBIGUOUS_TRACE, OWN_SCOPE, NO_SOURCE, FAILED_CALL,
        CONTENT_TYPE, ENCODING, TOO_LARGE, OVERLOADED, INTERNAL,
    }
)  # fmt: skip
