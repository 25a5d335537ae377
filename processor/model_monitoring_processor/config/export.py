"""Sections that are about the processor as a whole: `export`, `retention`, `grafana`."""

from typing import Literal

from pydantic import Field

from model_monitoring_processor.config.base import Section
from model_monitoring_processor.config.values import Text, Url

__all__ = ["ExportSection", "GrafanaSection", "OtlpExport", "RetentionSection"]


class OtlpExport(Section):
    """Results as OTLP metrics, beside `/metrics`."""

    endpoint: Url = Field(description="Where results are sent, such as `http://localhost:4317`.")
    protocol: Literal["grpc", "http/protobuf"] = Field(default="grpc", description="How they are sent.")
    interval_seconds: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="Time between exports; no shorter than the scrape interval behind it.",
    )
    timeout_seconds: int = Field(default=10, ge=1, le=600, description="How long one export may take.")
    headers: dict[Text, Text] = Field(
        default={}, description="Headers of each export; secrets belong in OTEL_EXPORTER_OTLP_METRICS_HEADERS."
    )


class ExportSection(Section):
    """Where results go beside `/metrics`; nowhere unless it is written."""

    otlp: OtlpExport | None = Field(default=None, description="Send results to an OTLP endpoint, too.")


class RetentionSection(Section):
    """How long data is kept."""

    predictions_days: int = Field(
        default=7, ge=1, le=3660, description="Rows wait for their labels this long; later labels cannot be joined."
    )


class GrafanaSection(Section):
    """Where dashboards are imported to."""

    url: Url = Field(default="http://localhost:3000", description="Address of Grafana.")
    dashboards_dir: Text = Field(default="./dashboards/", description="Folder of the dashboards to import.")
    datasource: Text = Field(default="prometheus", description="Data source that the dashboards ask.")
