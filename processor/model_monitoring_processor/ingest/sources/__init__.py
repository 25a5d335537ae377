"""Telemetry of existing services, in any language: which of it is predictions, and what is where in it."""

from model_monitoring_processor.ingest.sources.checked import Checked, check_lines
from model_monitoring_processor.ingest.sources.mapped import Mapped, Tally
from model_monitoring_processor.ingest.sources.mapping import map_logs, map_spans
from model_monitoring_processor.ingest.sources.match import NO_SOURCES, Source, Sources, compile_sources

__all__ = [
    "NO_SOURCES",
    "Checked",
    "Mapped",
    "Source",
    "Sources",
    "Tally",
    "check_lines",
    "compile_sources",
    "map_logs",
    "map_spans",
]
