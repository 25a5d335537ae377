"""The configuration file: read, checked with line numbers, merged per model."""

from model_monitoring_processor.config.load import Config, load_config
from model_monitoring_processor.config.merge import Setting
from model_monitoring_processor.config.options import Address, DemoOptions, ServeOptions
from model_monitoring_processor.config.render import render
from model_monitoring_processor.config.schema import json_schema
from model_monitoring_processor.config.settings import INFO_KEYS, ModelSettings
from model_monitoring_processor.config.sources import Features, From, Match, Outputs, SourceSection, Time

__all__ = [
    "INFO_KEYS",
    "Address",
    "Config",
    "DemoOptions",
    "Features",
    "From",
    "Match",
    "ModelSettings",
    "Outputs",
    "ServeOptions",
    "Setting",
    "SourceSection",
    "Time",
    "json_schema",
    "load_config",
    "render",
]
