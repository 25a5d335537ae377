"""Load a configuration file, and ask it for a model's settings."""

from dataclasses import dataclass, field
from pathlib import Path

from model_monitoring_processor.config.check import check
from model_monitoring_processor.config.export import ExportSection, RetentionSection
from model_monitoring_processor.config.inactive import inactive_parts
from model_monitoring_processor.config.merge import BUILT_IN, Layer, Setting, layers_of, merge
from model_monitoring_processor.config.settings import ModelSettings, make_settings
from model_monitoring_processor.config.shape import Shape
from model_monitoring_processor.config.source import Node, parse, read
from model_monitoring_processor.config.sources import SourceSection
from model_monitoring_processor.types import ModelId

__all__ = ["Config", "load_config"]


MAX_REMEMBERED = 16_384
"""Models whose merged settings are kept: they are asked for with every batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """A checked configuration.

    Attributes:
        path: the file; None: no file, built-in settings.
        shape: its sections as they were written.
        tree: the same with line numbers.
    """

    path: Path | None
    shape: Shape
    tree: Node
    _settings: dict[ModelId, ModelSettings] = field(default_factory=dict, repr=False)

    def for_model(self, model: ModelId) -> ModelSettings:
        """Effective settings of a model, also of one that the file does not name. Never fails."""
        settings = self._settings.get(model)
        if settings is None:
            if len(self._settings) >= MAX_REMEMBERED:
                self._settings.clear()
            settings = self._settings[model] = self._merged(model)
        return settings

    def _merged(self, model: ModelId) -> ModelSettings:
        merged = merge(layers_of(self.shape, model))
        effective = {path: Setting(value, self._origin(path, layer)) for path, (value, layer) in merged.items()}
        return make_settings(effective, self.path.parent if self.path else Path())

    @property
    def export(self) -> ExportSection:
        """Where results go beside `/metrics`."""
        return self.shape.export

    @property
    def retention(self) -> RetentionSection:
        """How long data is kept."""
        return self.shape.retention

    @property
    def sources(self) -> dict[str, SourceSection]:
        """Foreign telemetry by the name of its source, in the order of the file; presets are resolved."""
        return {name: section.resolved() for name, section in self.shape.sources.items()}

    @property
    def inactive(self) -> tuple[str, ...]:
        """What was written but is not built yet, a line each: accepted, and without effect."""
        return tuple(inactive_parts(self.shape))

    @property
    def declared_models(self) -> tuple[str, ...]:
        """Names of the models that the file names in full, in its order."""
        single = (self.shape.monitoring.model_name,) if self.shape.monitoring.model_name else ()
        exact = (name for name in self.shape.models if not any(wild in name for wild in "*?["))
        return tuple(dict.fromkeys((*single, *exact)))

    def _origin(self, path: str, layer: Layer) -> str:
        if layer.origin == BUILT_IN or self.path is None:
            return layer.origin
        node = self.tree
        for step in (*layer.steps, *path.split(".")):
            node = node.child(step) or node
        return f"{layer.origin} ({self.path.name}:{node.key_place.line})"


def load_config(path: Path | None) -> Config:
    """Read and check a configuration file.

    Args:
        path: a YAML file; None: built-in settings for every model.

    Raises:
        ConfigError: the file cannot be read, or something in it is wrong; names every problem with line, column,
            key and what was expected.
    """
    if path is None:
        return _loaded(None, "", "")
    return _loaded(path, read(path), str(path))


def _loaded(path: Path | None, text: str, file: str) -> Config:
    tree, shape = check(parse(text, file), file)
    return Config(path, shape, tree)
