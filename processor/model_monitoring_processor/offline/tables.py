"""Tables from files: Parquet and CSV into plain numpy columns."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from model_monitoring_processor.errors import ReferenceFileError

__all__ = ["SUFFIXES", "Table", "read_table"]

Table: TypeAlias = dict[str, npt.NDArray[Any]]

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz")


def read_table(path: Path) -> Table:
    """Read a table.

    Args:
        path: `.parquet`, `.pq`, `.csv` or `.csv.gz` (with a header line).

    Returns:
        Columns by name, in the file's order, each of shape (rows,): numbers in their own type, float64 with NaN
        where values are missing; text and categories as objects, None where missing; booleans as bool, or objects
        with None; points in time as datetime64[ns] (UTC), NaT where missing: `.view("int64")` is unix nanoseconds.

    Raises:
        ReferenceFileError: no such file, another kind of file, damaged, empty, two columns of one name, or a column
            that holds lists or records.
    """
    table = _read(path)
    if not table.num_columns or not table.num_rows:
        raise ReferenceFileError(f"{path}: holds no rows")
    doubled = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if doubled:
        raise ReferenceFileError(f"{path}: two columns are called {doubled[0]!r}; rename one of them")
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise ReferenceFileError(
            f"{path}: column {nested[0]!r} holds {table.schema.field(nested[0]).type}, not single values; "
            "take it out or make columns of its parts"
        )
    return {name: _column(path, name, table.column(name)) for name in table.column_names}


def _read(path: Path) -> Any:
    if not path.exists():
        raise ReferenceFileError(f"{path}: no such file")
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise ReferenceFileError(f"{path}: not a table that can be read; {', '.join(SUFFIXES)} can")
    try:
        if name.endswith((".parquet", ".pq")):
            return pyarrow.parquet.read_table(path)
        return pyarrow.csv.read_csv(path)
    except pa.ArrowInvalid as error:
        raise ReferenceFileError(f"{path}: cannot be read as {_kind(name)}: {_first_line(error)}") from None
    except (pa.ArrowException, OSError) as error:
        raise ReferenceFileError(f"{path}: cannot be read: {_first_line(error)}") from None


def _kind(name: str) -> str:
    return "Parquet" if name.endswith((".parquet", ".pq")) else "CSV"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _column(path: Path, name: str, column: Any) -> npt.NDArray[Any]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind, column = kind.value_type, column.cast(kind.value_type)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _times(path, name, column)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    elif (pa.types.is_integer(kind) or pa.types.is_float16(kind)) and column.null_count:
        column = column.cast(pa.float64(), safe=False)
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        raise ReferenceFileError(f"{path}: column {name!r} holds bytes; take it out or make it text")
    values: npt.NDArray[Any] = column.to_numpy()
    return values


def _times(path: Path, name: str, column: Any) -> npt.NDArray[np.datetime64]:
    try:
        times: npt.NDArray[np.datetime64] = column.cast(pa.timestamp("ns")).to_numpy()
    except pa.ArrowInvalid:
        raise ReferenceFileError(f"{path}: column {name!r} holds times outside the years 1678 to 2261") from None
    return times
