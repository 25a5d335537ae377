"""The demo: a real model, a real year of flights, through the product itself."""

from model_monitoring_processor.demo.run import run_demo

__all__ = ["run_demo"]
