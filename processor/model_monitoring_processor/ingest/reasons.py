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
    "DUPLICATE_NAME",
    "ENCODING",
    "EVENT_TIME",
    "FAILED_CALL",
    "IDS",
    "INTERNAL",
    "JSON",
    "LABEL",
    "MALFORMED",
    "MODEL_NAME",
    "NO_COLUMNS",
    "NO_SOURCE",
    "OVERLOADED",
    "OWN_SCOPE",
    "PENDING_EXPIRED",
    "PENDING_FULL",
    "REASONS",
    "ROW_COUNT",
    "TENSOR",
    "TIMESTAMPS",
    "TIME_SPREAD",
    "TOO_LARGE",
    "TOO_MANY_CELLS",
    "TOO_MANY_COLUMNS",
    "TOO_MANY_MODELS",
    "WEIGHTS",
    "WIRE_VERSION",
]

# a record, or some of its rows, is bad data
MALFORMED: Final = "malformed"
WIRE_VERSION: Final = "wire_version"
MODEL_NAME: Final = "model_name"
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
DUPLICATE: Final = "duplicate"
CONFLICTING: Final = "conflicting"
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
        MALFORMED, WIRE_VERSION, MODEL_NAME, BATCH_ID, ROW_COUNT, TIMESTAMPS, EVENT_TIME, TIME_SPREAD, IDS,
        COLUMN_TYPE, COLUMN_LENGTH, COLUMN_CODES, COLUMN_NAME, DUPLICATE_NAME, TOO_MANY_COLUMNS, WEIGHTS, LABEL,
        JSON, TENSOR, NO_COLUMNS, TOO_MANY_CELLS, AMBIGUOUS_TRACE, OWN_SCOPE, NO_SOURCE, FAILED_CALL,
        DUPLICATE, CONFLICTING, PENDING_FULL, PENDING_EXPIRED, TOO_MANY_MODELS,
        CONTENT_TYPE, ENCODING, TOO_LARGE, OVERLOADED, INTERNAL,
    }
)  # fmt: skip
