"""The command line: `model-monitoring`, or `python -m model_monitoring_processor.cli`."""

from model_monitoring_processor.cli.app import app, main

__all__ = ["app", "main"]
