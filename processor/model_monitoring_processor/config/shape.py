"""The shape of the configuration file: every section and key, its type, its default and what it is for.

The defaults here are the only ones; `docs/configuration.md`, `config schema` and `config explain` show them.
A model's settings are merged from several of these sections (see `merge`), so that a section alone is never
complete: only keys that were written count.
"""

from pydantic import Field

from model_monitoring_processor.config.alerting import AlertingSection, PerformanceSection
from model_monitoring_processor.config.base import Section
from model_monitoring_processor.config.drift import DriftSection
from model_monitoring_processor.config.export import ExportSection, GrafanaSection, RetentionSection
from model_monitoring_processor.config.sources import SourceSection
from model_monitoring_processor.config.values import FilePath, Minutes, OptionalSection, Text, TimeZone

__all__ = ["Defaults", "MonitoringOfModel", "MonitoringSection", "Overrides", "Shape"]


class MonitoringOfModel(Section):
    """How often a model is checked, and against what."""

    check_interval_minutes: Minutes = Field(default=60, description="Length of the windows that are compared.")
    reference_dataset: FilePath | None = Field(
        default=None,
        description="Reference (.mmref) or training data (.parquet, .csv); relative to the configuration file.",
    )


class MonitoringSection(MonitoringOfModel):
    """The single-model form: the model that the top-level sections are for."""

    model_name: Text | None = Field(
        default=None, description="Model that the top-level sections are for; without it they are for every model."
    )


class Defaults(Section):
    """Settings of a model, in the sections of the file's top level, and who it belongs to."""

    monitoring: OptionalSection[MonitoringOfModel] = MonitoringOfModel()
    drift_detection: OptionalSection[DriftSection] = DriftSection()
    performance: OptionalSection[PerformanceSection] = PerformanceSection()
    alerting: OptionalSection[AlertingSection] = AlertingSection()
    owner: Text | None = Field(default=None, description="Who answers for the model; on `ml_model_info`.")
    team: Text | None = Field(default=None, description="The team that is alerted; on `ml_model_info`.")
    tier: Text | None = Field(default=None, description="How much depends on the model; on `ml_model_info`.")
    purpose: Text | None = Field(default=None, description="What the model is for; on `ml_model_info`.")
    runbook_url: Text | None = Field(default=None, description="What to do when it alerts; on `ml_model_info`.")
    timezone: TimeZone = Field(default="UTC", description="Time zone of calendar windows (1d, 7d, month).")


class Overrides(Defaults):
    """Settings of the models whose name matches the key, optionally of some versions or environments only."""

    version: Text | None = Field(default=None, description="Only versions that match; `*` and `?` as in file names.")
    environment: Text | None = Field(default=None, description="Only environments that match; `*` and `?` likewise.")


class Shape(Section):
    """The whole file."""

    monitoring: OptionalSection[MonitoringSection] = MonitoringSection()
    drift_detection: OptionalSection[DriftSection] = DriftSection()
    performance: OptionalSection[PerformanceSection] = PerformanceSection()
    alerting: OptionalSection[AlertingSection] = AlertingSection()
    grafana: OptionalSection[GrafanaSection] = GrafanaSection()
    defaults: OptionalSection[Defaults] = Defaults()
    models: OptionalSection[dict[Text, OptionalSection[Overrides]]] = Field(
        default_factory=dict, description="Settings by name of a model, or by a pattern with `*`, `?`, `[...]`."
    )
    sources: OptionalSection[dict[Text, OptionalSection[SourceSection]]] = Field(
        default_factory=dict, description="Foreign telemetry that holds predictions or labels, by a name of its own."
    )
    export: OptionalSection[ExportSection] = ExportSection()
    retention: OptionalSection[RetentionSection] = RetentionSection()
