"""The service: every room wired to the next. `service.py` is the file to read."""

from model_monitoring_processor.service.run import run
from model_monitoring_processor.service.service import Service

__all__ = ["Service", "run"]
