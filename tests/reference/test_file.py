"""The file: whole, deterministic, readable without this package, and checked when it is read."""

import io
import json
import zipfile

import numpy as np
import pytest

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference import Reference, build, load


def make(**changes) -> Reference:
    rng = np.random.default_rng(0)
    columns = {
        "x": rng.normal(size=3000),
        "f4": rng.normal(size=3000).astype(np.float32),
        "k": rng.choice(["a", "b\N{SNOWMAN}", "\udc80"], 3000),
        "many": [f"c{i % 1300}" for i in range(3000)],
        "score": rng.random(3000),
        "y": rng.integers(0, 2, 3000),
    }
    return build(columns, **({"model": "m", "version": "2", "outputs": ["score"], "label": "y"} | changes))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return make()


@pytest.fixture
def path(tmp_path, reference):
    reference.save(tmp_path / "m.mmref")
    return tmp_path / "m.mmref"


def test_what_was_saved_is_loaded(path, reference):
    loaded = load(path)
    assert loaded.hash == reference.hash
    assert (loaded.model, loaded.version, loaded.rows, loaded.notes) == ("m", "2", 3000, reference.notes)
    assert loaded.baseline == reference.baseline
    assert np.array_equal(loaded.counts, reference.counts)
    for mine, theirs in zip(loaded.columns, reference.columns, strict=True):
        assert type(mine) is type(theirs)
        for field in vars(theirs):
            if not field.startswith(("grid", "_", "cuts_f4")):
                assert np.array_equal(getattr(mine, field), getattr(theirs, field)), field


def test_the_same_data_gives_the_same_bytes_and_hash(path, tmp_path):
    make().save(tmp_path / "again.mmref")
    load(path).save(tmp_path / "copy.mmref")
    assert path.read_bytes() == (tmp_path / "again.mmref").read_bytes() == (tmp_path / "copy.mmref").read_bytes()


@pytest.mark.parametrize("change", [{"model": "n"}, {"version": ""}, {"drop": ["x"]}, {"label": None}])
def test_any_difference_shows_in_the_hash(reference, change):
    assert make(**change).hash != reference.hash


def test_the_file_is_read_with_the_standard_library_and_numpy_alone(path, reference):
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        counts = np.load(io.BytesIO(archive.read("counts.npy")), allow_pickle=False)
        cuts = np.load(io.BytesIO(archive.read("cuts.npy")), allow_pickle=False)
    assert manifest["hash"] == reference.hash
    assert [column["name"] for column in manifest["columns"]] == ["x", "f4", "k", "many", "score"]
    first = manifest["columns"][0]
    inside = counts[first["offset"] : first["offset"] + first["cuts"] + 1]
    x = np.random.default_rng(0).normal(size=3000)
    assert np.array_equal(
        inside, np.bincount(np.searchsorted(cuts[: first["cuts"]], x, side="right"), minlength=len(inside))
    )


def test_saving_leaves_nothing_beside_the_file(path):
    assert [p.name for p in path.parent.iterdir()] == ["m.mmref"]


def rewrite(path, change):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def edit_manifest(**values):
    def change(members):
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return change


def pickled(members):
    body = io.BytesIO()
    np.save(body, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    members["counts.npy"] = body.getvalue()


def shortened(members):
    body = io.BytesIO()
    np.save(body, np.zeros(3))
    members["cuts.npy"] = body.getvalue()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(edit_manifest(rows=1), "does not match its hash", id="edited"),
        pytest.param(edit_manifest(format=99), "format 99, this version reads 1", id="newer"),
        pytest.param(
            edit_manifest(columns=[{"kind": "numeric"}]), "not a reference, or a damaged one", id="incomplete"
        ),
        pytest.param(lambda members: members.pop("cuts.npy"), "not a reference, or a damaged one", id="member-gone"),
        pytest.param(pickled, "not a reference, or a damaged one", id="pickle"),
        pytest.param(shortened, "cuts.npy is too short", id="short"),
        pytest.param(lambda members: members.update({"manifest.json": b"[1"}), "damaged", id="no-json"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name_and_what_to_do(path, change, message):
    rewrite(path, change)
    with pytest.raises(ReferenceFileError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_or_no_zip_is_refused(tmp_path):
    with pytest.raises(ReferenceFileError, match=r"nowhere.mmref: cannot be read \(No such file"):
        load(tmp_path / "nowhere.mmref")
    (tmp_path / "text.mmref").write_text("hello")
    with pytest.raises(ReferenceFileError, match="not a reference"):
        load(tmp_path / "text.mmref")
