"""What one record may hold at most: everything that a stranger sends is bounded here."""

from typing import Final

__all__ = [
    "FUTURE_NANOS",
    "MAX_BATCH_ID",
    "MAX_BODY_BYTES",
    "MAX_CATEGORY",
    "MAX_COLUMNS",
    "MAX_NAME",
    "MAX_RECORDS",
    "MAX_ROWS",
    "MAX_SPREAD_PANES",
    "MAX_WEIGHT",
    "MIN_TIME_NANOS",
    "SPREAD_NANOS",
]

MAX_BODY_BYTES: Final = 16 << 20
"""Of a request, after decompression too."""
MAX_RECORDS: Final = 100_000
"""Of a request: log records, spans or metrics, of whomever. An empty one is two bytes on the wire and 130 in memory."""
MAX_ROWS: Final = 65_536
MAX_COLUMNS: Final = 4_000
MAX_NAME: Final = 256
"""Characters of a name: of a model, a version, an environment, a column."""
MAX_CATEGORY: Final = 256
"""Characters of a category that count; what is longer is cut."""
MAX_BATCH_ID: Final = 64
MAX_WEIGHT: Final = 1_048_576.0

MIN_TIME_NANOS: Final = 86_400 * 10**9
"""An event before 1970-01-02 is a clock that was never set."""
FUTURE_NANOS: Final = 3_600 * 10**9
"""An event further ahead of our clock would close every window before its time."""
SPREAD_NANOS: Final = 300 * 10**9
MAX_SPREAD_PANES: Final = 10_000
"""Intervals of five minutes that the rows of one record may touch."""
