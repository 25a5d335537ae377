"""Where the command line writes: results to stdout, everything else to stderr; no colour where nobody looks."""

import os
import sys

from rich.console import Console
from rich.markup import escape

__all__ = ["debugging", "errors", "note", "out", "report", "to_terminal"]


def out() -> Console:
    """Results. Made anew at each call: tests and pipes exchange `sys.stdout`."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def errors() -> Console:
    """What is not a result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def to_terminal() -> bool:
    """Whether a person is watching stderr, and progress is worth drawing."""
    return sys.stderr.isatty()


def report(message: str) -> None:
    """One error: `error: what, where, what to do`."""
    errors().print(f"[bold red]error:[/] {escape(message)}")


def note(message: str) -> None:
    """Something to know that is not an error."""
    errors().print(f"[yellow]note:[/] {escape(message)}")


def debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get("MODEL_MONITORING_DEBUG", "") not in {"", "0"}
