"""Who this processor is: a name that stays the same over restarts, and the version of the software."""

import uuid
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["instance_id", "software_version", "write_whole"]

_DISTRIBUTION = "otel-model-monitoring"


def instance_id(state_dir: Path) -> str:
    """Return the instance's id, made at the first start and kept with its state.

    Prometheus tells series of one instance from another's by it: a new one at each start would end all series.
    """
    file = state_dir / "instance"
    if not file.exists():
        write_whole(file, f"{uuid.uuid4()}\n")
    return file.read_text(encoding="ascii").strip()


def write_whole(file: Path, text: str) -> None:
    """Write a file so that nobody ever sees a part of it."""
    draft = file.with_name(file.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


@cache
def software_version() -> str:
    """Return the version of this distribution."""
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0+unknown"
