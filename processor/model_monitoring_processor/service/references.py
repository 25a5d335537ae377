"""Which frozen reference serves a model."""

from collections.abc import Iterable
from pathlib import Path

from model_monitoring_processor.errors import ConfigError
from model_monitoring_processor.reference import Reference, load
from model_monitoring_processor.types import ModelId

__all__ = ["ReferenceBook"]


class ReferenceBook:
    """References by model name and version; one without a version serves all versions, so a deploy stays in sight."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._by_name: dict[tuple[str, str], Reference] = {}
        for reference in references:
            key = (reference.model, reference.version)
            if key in self._by_name and self._by_name[key].hash != reference.hash:
                raise ConfigError(
                    f"two different references for model {reference.model!r}, version {reference.version or 'any'!r} "
                    f"({self._by_name[key].hash[:12]} and {reference.hash[:12]}): give one of them only"
                )
            self._by_name[key] = reference

    @classmethod
    def read(cls, paths: Iterable[Path]) -> "ReferenceBook":
        """Read reference files.

        Raises:
            ReferenceFileError: one cannot be read.
            ConfigError: two claim the same model and version.
        """
        return cls(load(path) for path in paths)

    def of(self, model: ModelId) -> Reference | None:
        """Find the reference of a model: that of its version, else the one for all versions."""
        return self._by_name.get((model.name, model.version)) or self._by_name.get((model.name, ""))

    def names(self) -> list[str]:
        """Return the names of the models that have a reference."""
        return sorted({name for name, _ in self._by_name})
