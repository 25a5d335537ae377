"""The configuration and the references in force; replaced as a whole when the configuration is read again."""

import logging
from collections.abc import Iterator
from typing import NamedTuple

from model_monitoring_processor.config import Config, ModelSettings, ServeOptions, load_config
from model_monitoring_processor.ingest.sources import NO_SOURCES, Sources, compile_sources
from model_monitoring_processor.offline.freeze import open_reference
from model_monitoring_processor.reference import Reference, load
from model_monitoring_processor.service.references import ReferenceBook
from model_monitoring_processor.types import ModelId, Window
from model_monitoring_processor.windows import window_of

__all__ = ["Rules", "read_rules"]

_log = logging.getLogger(__name__)


class Rules(NamedTuple):
    """What decides how a model is judged."""

    config: Config
    book: ReferenceBook
    sources: Sources = NO_SOURCES

    def settings(self, model: ModelId) -> ModelSettings:
        """Return the effective settings of a model."""
        return self.config.for_model(model)

    def reference(self, model: ModelId) -> Reference | None:
        """Return the reference of a model, if it has one."""
        return self.book.of(model)

    def pane_seconds(self, model: ModelId) -> int:
        """Return the length of a model's panes."""
        return self.settings(model).pane_seconds

    def window_at(self, model: ModelId, time_s: int) -> Window:
        """Return the window of a model that holds a moment."""
        settings = self.settings(model)
        return window_of(time_s, settings.window, settings.timezone)


def read_rules(options: ServeOptions) -> Rules:
    """Read the configuration and every reference that it and the command line name.

    Raises:
        MonitoringError: one of them cannot be used.
    """
    config = load_config(options.config_path)
    for line in config.inactive:
        _log.warning("configuration: %s", line)
    given = (load(path) for path in options.references)
    return Rules(config, ReferenceBook([*given, *_configured(config)]), compile_sources(config.sources))


def _configured(config: Config) -> Iterator[Reference]:
    """References that the configuration names. A missing one is said loudly, and the model runs without."""
    for name in config.declared_models:
        path = config.for_model(ModelId(name)).reference
        if path is not None and not path.exists():
            _log.error("model %s: its reference_dataset %s does not exist; it is seen, and not judged", name, path)
        elif path is not None:
            _log.info("model %s: reading its reference from %s", name, path)
            yield open_reference(path, model=name)
