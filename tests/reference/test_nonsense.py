"""A reference file that anybody may have written: damaged bytes, and nonsense under a valid hash."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference import build, load
from model_monitoring_processor.reference.archive import archive_bytes, content_hash, read_archive


def good() -> bytes:
    rng = np.random.default_rng(0)
    columns = {"x": rng.normal(size=3000), "c": rng.choice(["a", "b"], 3000), "s": rng.random(3000)}
    return build(columns, model="m", outputs={"s": "score"}).to_bytes()


def deflated(plain: bytes) -> bytes:
    """The same members as another program might pack them."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return body.getvalue()


FILES = {"stored": good(), "deflated": deflated(good())}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("nonsense") / "m.mmref"


def refusal(path, data: bytes) -> str | None:
    """What the reader says of the bytes; None where it takes them."""
    path.write_bytes(data)
    try:
        load(path)
    except ReferenceFileError as error:
        return str(error)
    return None


@pytest.mark.parametrize("packing", FILES)
@settings(max_examples=200)
@given(data=st.data())
def test_whatever_bytes_are_changed_the_file_is_refused_or_right(path, packing, data):
    content = bytearray(FILES[packing])
    places = st.integers(0, len(content) - 1)
    # the directory at the end is what the reader believes first
    near_end = st.integers(len(content) - 600, len(content) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places | near_end, st.integers(0, 255)), min_size=1, max_size=3)):
        content[place] = byte
    said = refusal(path, bytes(content))
    assert said is None or (said.startswith(f"{path}: ") and "build" in said)


@pytest.mark.parametrize("packing", FILES)
@settings(max_examples=50)
@given(data=st.data())
def test_wherever_the_file_ends_too_early_it_is_refused(path, packing, data):
    path.write_bytes(FILES[packing][: data.draw(st.integers(0, len(FILES[packing]) - 1))])
    with pytest.raises(ReferenceFileError, match="build"):
        load(path)


@pytest.mark.parametrize(
    ("mark", "offset", "value"),
    [
        pytest.param(b"PK\x01\x02", 6, 0xFF, id="zip-version"),
        pytest.param(b"PK\x01\x02", 8, 0x01, id="encrypted"),
        pytest.param(b"PK\x01\x02", 10, 0x63, id="packing-method"),
    ],
)
def test_a_zip_that_asks_for_what_we_lack_is_refused(path, mark, offset, value):
    content = bytearray(FILES["stored"])
    content[content.index(mark) + offset] = value
    path.write_bytes(content)
    with pytest.raises(ReferenceFileError, match="not a reference, or a damaged one"):
        load(path)


def head(**values):
    return lambda manifest, arrays: manifest.update(values)


def entry(place: int, **values):
    return lambda manifest, arrays: manifest["columns"][place].update(values)


def array(name: str, change):
    return lambda manifest, arrays: arrays.update({name: change(arrays[name])})


def first(value):
    return lambda values: np.array([value, *values[1:]], values.dtype)


def a_row_too_many(counts):
    return counts + (np.arange(len(counts)) == 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(head(rows="many"), "'many' rows", id="rows-are-text"),
        pytest.param(head(rows=0), "0 rows", id="no-rows"),
        pytest.param(head(rows=3001), "counts 3,000 rows, the reference has 3,001", id="rows-disagree"),
        pytest.param(head(model=7), "model's name is not text", id="model"),
        pytest.param(head(version=None), "model's version is not text", id="version"),
        pytest.param(head(notes=[1]), "note is not text", id="note"),
        pytest.param(head(baseline={"accuracy": "good"}), "baseline's accuracy is 'good'", id="baseline"),
        pytest.param(head(baseline=[]), "hash|damaged", id="baseline-is-a-list"),
        pytest.param(head(columns=[]), "hash", id="no-columns-but-arrays"),
        pytest.param(head(columns=7), "damaged", id="columns-are-a-number"),
        pytest.param(head(extra=1), "hash", id="unknown-key"),
        pytest.param(entry(0, name=7), "a name that is not text", id="name"),
        pytest.param(entry(1, name="x"), "two feature columns are called 'x'", id="one-name-twice"),
        pytest.param(entry(1, role="nonsense"), "the role 'nonsense'", id="role"),
        pytest.param(entry(1, role=["feature"]), "damaged", id="role-is-a-list"),
        pytest.param(entry(0, kind="nonsense"), "damaged", id="kind"),
        pytest.param(entry(0, precision="f2"), "the precision 'f2'", id="precision"),
        pytest.param(entry(0, offset=3), "hash", id="offset"),
        pytest.param(entry(0, cuts=-1), "-1 entries of cuts", id="negative-length"),
        pytest.param(entry(0, cuts=10**9), "cuts.npy is too short", id="length-beyond-the-array"),
        pytest.param(entry(1, categories=["a", "a"]), "a category twice", id="category-twice"),
        pytest.param(entry(1, categories=["a", 1]), "a category that is not text", id="category-is-a-number"),
        pytest.param(entry(1, categories=["a", "1.0"]), "'1.0', which is not in canonical form", id="category-form"),
        pytest.param(array("counts", np.negative), "a negative count", id="negative-counts"),
        pytest.param(array("counts", a_row_too_many), "counts 3,001 rows", id="a-row-too-many"),
        pytest.param(array("counts", lambda a: a[:-1]), "counts.npy is too short", id="counts-too-short"),
        pytest.param(array("counts", lambda a: np.append(a, 0)), "hash", id="counts-too-long"),
        pytest.param(array("cuts", lambda a: a[::-1]), "cuts that do not ascend", id="descending-cuts"),
        pytest.param(array("cuts", first(np.nan)), "cuts that do not ascend", id="nan-cut"),
        pytest.param(array("cuts", first(-np.inf)), "cuts that do not ascend", id="infinite-cut"),
        pytest.param(array("next_up", first(7)), "hash", id="next-up-is-no-flag"),
        pytest.param(array("quantile_cuts", lambda a: a + 10**6), "quantile_cuts that do not point", id="out-of-range"),
        pytest.param(array("mass_cuts", first(-1)), "mass_cuts that do not point", id="negative-index"),
        pytest.param(array("mass_cuts", lambda a: a[::-1]), "mass_cuts that do not point", id="descending-indices"),
    ],
)
def test_nonsense_under_a_valid_hash_is_refused_and_says_where(path, change, message):
    manifest, arrays = read_archive(io.BytesIO(FILES["stored"]))
    change(manifest, arrays)
    manifest["hash"] = content_hash({key: value for key, value in manifest.items() if key != "hash"}, arrays)
    path.write_bytes(archive_bytes(manifest, arrays))
    with pytest.raises(ReferenceFileError, match=message) as caught:
        load(path)
    assert "model-monitoring reference build" in str(caught.value)


def test_a_data_set_that_would_make_nonsense_is_refused_when_it_is_frozen():
    with pytest.raises(ReferenceFileError, match="two output columns are called 'score'"):
        build({"a": np.arange(9.0), "b": np.arange(9.0)}, model="m", outputs={"a": "score", "b": "score"})
