"""The configuration file: read, checked with line numbers, merged per model."""

from model_monitoring_processor.config.load import Config, load_config
from model_monitoring_processor.config.merge import Setting
from model_monitoring_processor.config.options import Address, DemoOptions, ServeOptions
from model_monitoring_processor.config.render import render
from model_monitoring_processor.config.schema import json_schema
from model_monitoring_processor.config.settings import INFO_KEYS, ModelSettings

__all__ = [
    "INFO_KEYS",
    "Address",
    "Config",
    "DemoOptions",
    "ModelSettings",
    "ServeOptions",
    "Setting",
    "json_schema",
    "load_config",
    "render",
]
