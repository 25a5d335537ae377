"""Tables from files: the values that were in them, missing ones recognisable, and errors that name the file."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.offline import read_table

COLUMNS = {
    "whole": (pa.array([1, 2, 3]), np.array([1, 2, 3])),
    "whole_with_gap": (pa.array([1, None, 3]), np.array([1.0, np.nan, 3.0])),
    "real": (pa.array([1.5, None, 3.0]), np.array([1.5, np.nan, 3.0])),
    "small_real": (pa.array([1.5, 2.5, 3.0], pa.float32()), np.array([1.5, 2.5, 3.0], np.float32)),
    "text": (pa.array(["a", None, "c"]), np.array(["a", None, "c"], object)),
    "category": (pa.array(["a", None, "a"]).dictionary_encode(), np.array(["a", None, "a"], object)),
    "truth": (pa.array([True, False, True]), np.array([True, False, True])),
    "truth_with_gap": (pa.array([True, None, False]), np.array([True, None, False], object)),
    "money": (pa.array([1, 2, None], pa.decimal128(5, 2)), np.array([1.0, 2.0, np.nan])),
    "nothing": (pa.nulls(3), np.array([np.nan] * 3)),
    "when": (
        pa.array([0, None, 1], pa.timestamp("s", "Europe/Berlin")),
        np.array(["1970-01-01T00:00:00", "NaT", "1970-01-01T00:00:01"], "datetime64[ns]"),
    ),
    "day": (pa.array([0, 1, 2], pa.date32()), np.array([0, 1, 2], "datetime64[D]").astype("datetime64[ns]")),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "table.parquet"
    pq.write_table(pa.table({name: array for name, (array, _) in COLUMNS.items()}), path)
    return read_table(path)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_parquet_column_keeps_its_values(table, name):
    expected = COLUMNS[name][1]
    assert table[name].dtype == expected.dtype
    np.testing.assert_array_equal(table[name], expected)


def test_columns_are_in_the_order_of_the_file(table):
    assert list(table) == list(COLUMNS)


def test_times_view_as_unix_nanoseconds(table):
    assert table["when"].view("int64")[2] == 10**9


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.csv.gz"])
def test_csv_is_read_packed_or_not(tmp_path, name):
    text = b"age,plan,when\n1,a,2024-01-01T00:00:00Z\n,b,2024-01-02T00:00:00Z\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    table = read_table(tmp_path / name)
    np.testing.assert_array_equal(table["age"], [1.0, np.nan])
    assert table["plan"].tolist() == ["a", "b"]
    assert table["when"].dtype == "datetime64[ns]"


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("a.parquet", b"PAR1 not really", "cannot be read as Parquet"),
        ("a.parquet", b"", "cannot be read as Parquet"),
        ("a.csv", b"", "cannot be read as CSV"),
        ("a.csv", b"a,b\n", "holds no rows"),
        ("a.csv", b"a,b\n1,2\n1\n", "cannot be read as CSV"),
        ("a.csv", b"a,a\n1,2\n", "two columns are called 'a'"),
        ("a.csv.gz", b"not gzip", "cannot be read"),
        ("a.xlsx", b"", r"not a table that can be read; \.parquet, \.pq, \.csv, \.csv\.gz can"),
        ("table", b"", "not a table that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, name, body, message):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(ReferenceFileError, match=message) as error:
        read_table(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReferenceFileError, match=r"nowhere\.csv: no such file"):
        read_table(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([[1], [2]]), "column 'odd' holds list"),
        (pa.array([{"x": 1}, {"x": 2}]), "column 'odd' holds struct"),
        (pa.array([b"a", b"b"]), "column 'odd' holds bytes"),
        (pa.array([10**12, 0], pa.timestamp("s")), "column 'odd' holds times outside"),
    ],
)
def test_columns_that_are_not_values_are_refused_by_name(tmp_path, array, message):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"fine": [1, 2], "odd": array}), path)
    with pytest.raises(ReferenceFileError, match=message):
        read_table(path)


def test_a_parquet_of_no_rows_is_refused(tmp_path):
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    with pytest.raises(ReferenceFileError, match="holds no rows"):
        read_table(tmp_path / "a.parquet")
