"""The console entry `model-monitoring`: the processor's command line where it is installed, else how to get it."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line of the processor; exit with 2 where its dependencies are missing."""
    try:
        from model_monitoring_processor.cli import main as run  # noqa: PLC0415  heavy, and not always there
    except ImportError as error:
        print(  # noqa: T201  a command talks
            f"model-monitoring needs the processor: pip install 'otel-model-monitoring[processor]' ({error})",
            file=sys.stderr,
        )
        sys.exit(2)
    run()
