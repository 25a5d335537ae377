"""The documentation of the file is true: its example runs, and its hash is the file's."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np

from model_monitoring_processor.reference import build

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reference-file.md").read_text(encoding="utf-8")


def test_the_example_reads_a_file(tmp_path, monkeypatch, capsys):
    build({"x": np.arange(500.0), "k": ["a", "b"] * 250}, model="flights").save(tmp_path / "flights.mmref")
    monkeypatch.chdir(tmp_path)
    exec(re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1], {})
    assert capsys.readouterr().out == "x numeric 500 rows\nk categorical 500 rows\n"


def test_the_hash_is_computed_as_documented(tmp_path):
    reference = build({"x": np.arange(500.0), "k": ["a", "b"] * 250}, model="flights")
    reference.save(tmp_path / "flights.mmref")
    dtypes = re.search(r"dtypes `(.*?)`", DOCUMENT)[1].split()
    with zipfile.ZipFile(tmp_path / "flights.mmref") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        stated = manifest.pop("hash")
        digest = hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode())
        for name, dtype in zip(re.search(r"in \((\"counts\".*?)\)", DOCUMENT)[1].split(", "), dtypes, strict=True):
            array = np.load(io.BytesIO(archive.read(f"{name.strip(chr(34))}.npy")))
            digest.update(f"\n{name.strip(chr(34))} {dtype} {len(array)}\n".encode() + array.tobytes())
    assert digest.hexdigest() == stated == reference.hash
