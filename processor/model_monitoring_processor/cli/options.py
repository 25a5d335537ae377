"""Options that several commands share, and how their values are read."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from model_monitoring_processor.config.options import Address

__all__ = ["ADMIN_URL", "ConfigOption", "address", "default_state_dir", "example", "listening_address"]

ADMIN_URL = "http://127.0.0.1:9464"

ConfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration file (YAML).", show_default="built-in settings"),
]


def listening_address(text: str, option: str) -> "Address | None":
    """Read `HOST:PORT` or `none`.

    Raises:
        typer.BadParameter: neither of them.
    """
    # pydantic comes with the package `config`: `--help` does not wait for it
    from model_monitoring_processor.config.options import Address  # noqa: PLC0415

    try:
        return Address.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def address(text: str, option: str) -> "Address":
    """Read `HOST:PORT`.

    Raises:
        typer.BadParameter: anything else, `none` too.
    """
    found = listening_address(text, option)
    if found is None:
        raise typer.BadParameter("expected HOST:PORT", param_hint=option)
    return found


def default_state_dir() -> Path:
    """The user's data folder: %LOCALAPPDATA% on Windows, else $XDG_DATA_HOME or ~/.local/share."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "model-monitoring"


def example(*commands: str) -> str:
    """Epilog that shows commands at work. A long one is broken by the caller, with a backslash, before 80 columns."""
    title = "[bold]Examples[/]" if len(commands) > 1 else "[bold]Example[/]"
    return "\n".join([title, *(f"  $ {command}" for command in commands)])
