"""`model-monitoring demo`."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model_monitoring_processor.cli.console import note
from model_monitoring_processor.cli.options import address, example

if TYPE_CHECKING:
    from model_monitoring_processor.config.options import Address

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=example("model-monitoring demo", "model-monitoring demo --exit --json verdicts.json"),
    )(demo)


def demo(
    exit_when_done: Annotated[
        bool, typer.Option("--exit", help="End when the year is over; else the page stays up until Ctrl-C.")
    ] = False,
    json_path: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write every verdict there, as JSON.", show_default="not written"),
    ] = None,
    admin: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Page and /metrics.", show_default="127.0.0.1:9464, or a free port if taken"
        ),
    ] = None,
    state_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep the state there.", show_default="a temporary folder, removed at the end"
        ),
    ] = None,
) -> None:
    """See the product at work on a real year of flights, in less than a minute.

    Serves a scikit-learn model for March to December 2013 through the real SDK
    and processor; needs no network, no Docker and no account. Open the page that
    it names while it runs.
    """
    chosen = address(admin, "--admin") if admin else _usual_or_free()
    from model_monitoring_processor.config.options import DemoOptions  # noqa: PLC0415 - what --help does not need
    from model_monitoring_processor.demo import run_demo  # noqa: PLC0415

    options = DemoOptions(exit_when_done=exit_when_done, json_path=json_path, admin=chosen, state_dir=state_dir)
    raise typer.Exit(run_demo(options))


def _usual_or_free() -> "Address":
    from model_monitoring_processor.config.options import ADMIN, FREE_PORT  # noqa: PLC0415

    with socket.socket() as probe:
        try:
            probe.bind(ADMIN)
        except OSError:
            note(f"port {ADMIN.port} is taken: the page gets a free one, see below")
            return FREE_PORT
    return ADMIN
