"""Read a reference from its file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference.archive import Arrays, read_archive
from model_monitoring_processor.reference.check import check
from model_monitoring_processor.reference.columns import CategoricalReference, NumericReference, ReferenceColumn
from model_monitoring_processor.reference.reference import Reference

__all__ = ["load"]

_ANEW = "build it with `model-monitoring reference build`"


def load(path: str | Path) -> Reference:
    """Read a reference file; check it against its own hash and for sense.

    Args:
        path: of the file.

    Returns:
        The reference, equal to the one that was saved.

    Raises:
        ReferenceFileError: the file is not there, is not a reference, is damaged, of another format or nonsense.
            Nothing else is raised, whatever the bytes are.
    """
    try:
        with Path(path).open("rb") as file:
            return _read(file)
    except ReferenceFileError as error:
        raise ReferenceFileError(f"{path}: {error}; {_ANEW}") from error.__cause__
    except OSError as error:
        raise ReferenceFileError(f"{path}: cannot be read ({error.strerror or error})") from error


def _read(file: BinaryIO) -> Reference:
    try:
        manifest, arrays = read_archive(file)
        reference = _assemble(manifest, arrays)
        _verify(reference, manifest.get("hash"))
    except ReferenceFileError:
        raise
    except Exception as error:  # of damaged bytes zip, zlib, json and numpy raise whatever they like
        raise ReferenceFileError(f"not a reference, or a damaged one ({type(error).__name__}: {error})") from error
    return reference


def _verify(reference: Reference, promised: Any) -> None:
    if reference.hash != promised:
        raise ReferenceFileError("the content does not match its hash, it was changed or damaged")
    check(reference)


def _assemble(manifest: Mapping[str, Any], arrays: Arrays) -> Reference:
    take = _taker(arrays)
    columns: list[ReferenceColumn] = []
    offset = 0
    for entry in manifest["columns"]:
        columns.append(_column(entry, offset, take))
        offset += columns[-1].cells
    return Reference(
        model=manifest["model"],
        version=manifest["version"],
        columns=tuple(columns),
        counts=take("counts", offset),
        rows=manifest["rows"],
        baseline=manifest["baseline"],
        notes=tuple(manifest["notes"]),
    )


def _column(
    entry: Mapping[str, Any], offset: int, take: Callable[[str, int], npt.NDArray[Any]]
) -> NumericReference | CategoricalReference:
    if entry["kind"] == "numeric":
        return NumericReference(
            name=entry["name"],
            role=entry["role"],
            offset=offset,
            cuts=take("cuts", entry["cuts"]),
            next_up=take("next_up", entry["cuts"]).astype(np.bool_),
            precision=entry["precision"],
            quantile_cuts=take("quantile_cuts", entry["quantile_cuts"]),
            mass_cuts=take("mass_cuts", entry["mass_cuts"]),
        )
    return CategoricalReference(
        name=entry["name"],
        role=entry["role"],
        offset=offset,
        categories=tuple(entry["categories"]),
        pooled=take("pooled", entry["pooled"]),
    )


def _taker(arrays: Arrays) -> Callable[[str, int], npt.NDArray[Any]]:
    """Hand out the arrays piece by piece, in the order of the columns."""
    taken = dict.fromkeys(arrays, 0)

    def take(name: str, length: int) -> npt.NDArray[Any]:
        if length < 0:
            raise ValueError(f"{length} entries of {name}.npy")
        start = taken[name]
        taken[name] = start + length
        if taken[name] > len(arrays[name]):
            raise ValueError(f"{name}.npy is too short")
        return arrays[name][start : start + length]

    return take
