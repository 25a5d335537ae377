"""The container of a reference: a zip of manifest.json and one-dimensional .npy arrays (docs/reference-file.md)."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.errors import ReferenceFileError

__all__ = ["ARRAYS", "FORMAT", "Arrays", "archive_bytes", "content_hash", "read_archive"]

FORMAT = 1
"""Version of the file and of what the hash covers."""

ARRAYS = {
    "counts": "<i8",
    "cuts": "<f8",
    "next_up": "|u1",
    "quantile_cuts": "<i8",
    "mass_cuts": "<i8",
    "pooled": "<u8",
}
"""Name and type of every array of the file."""

_LARGEST = 1 << 30
"""Bytes of one member: more is not a reference."""

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]


def content_hash(manifest: Mapping[str, Any], arrays: Arrays) -> str:
    """SHA-256 (hex) of the manifest, without its own `hash`, and of the arrays in the order of `ARRAYS`."""
    digest = hashlib.sha256(_canonical({key: value for key, value in manifest.items() if key != "hash"}))
    for name, dtype in ARRAYS.items():
        digest.update(f"\n{name} {dtype} {len(arrays[name])}\n".encode())
        digest.update(arrays[name].astype(dtype).tobytes())
    return digest.hexdigest()


def archive_bytes(manifest: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Content of the file; the same manifest and arrays give the same bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        _put(archive, "manifest.json", _canonical(manifest))
        for name, dtype in ARRAYS.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, arrays[name].astype(dtype), version=(1, 0), allow_pickle=False)
            _put(archive, f"{name}.npy", member.getvalue())
    return body.getvalue()


def read_archive(file: BinaryIO) -> tuple[dict[str, Any], Arrays]:
    """Read manifest and arrays.

    Raises:
        ReferenceFileError: another format, or a member that is absurdly large.
        Exception: not such a file; of which kind is up to zip, zlib, json and numpy.
    """
    with zipfile.ZipFile(file) as archive:
        if any(info.file_size > _LARGEST for info in archive.infolist()):
            raise ReferenceFileError(f"a member is larger than {_LARGEST} bytes: not a reference")
        manifest = cast("dict[str, Any]", json.loads(archive.read("manifest.json")))
        if manifest["format"] != FORMAT:
            raise ReferenceFileError(
                f"the file has format {manifest['format']}, this version reads {FORMAT}; a newer one may read it"
            )
        return manifest, {name: _array(archive.read(f"{name}.npy"), dtype) for name, dtype in ARRAYS.items()}


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _array(data: bytes, dtype: str) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    if array.dtype.str != dtype or array.ndim != 1:
        raise ValueError(f"an array of {array.dtype.str} where {dtype} belongs")
    return array


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # a fixed date and system, no compression: neither the clock nor the version of zlib changes the bytes
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)
