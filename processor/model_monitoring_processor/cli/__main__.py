"""`python -m model_monitoring_processor.cli`."""

from model_monitoring_processor.cli import main

main()
