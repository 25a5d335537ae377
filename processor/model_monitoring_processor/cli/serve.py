"""`model-monitoring serve`."""

from pathlib import Path
from typing import Annotated

import typer

from model_monitoring_processor.cli.console import note
from model_monitoring_processor.cli.options import ConfigOption, default_state_dir, example, listening_address

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=example(
            "model-monitoring serve",
            "model-monitoring serve --config config.yaml \\\n      --reference churn.mmref --reference fraud.mmref",
        ),
    )(serve)


def serve(  # noqa: PLR0917 - options are given by name
    config: ConfigOption = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Frozen reference, made by [bold]reference build[/]; may be repeated.",
            show_default="none: models are seen, not judged",
        ),
    ] = None,
    otlp_grpc: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="OTLP over gRPC; [bold]none[/]: do not listen.")
    ] = "127.0.0.1:4317",
    otlp_http: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="OTLP over HTTP; [bold]none[/]: do not listen.")
    ] = "127.0.0.1:4318",
    admin: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="/metrics, /healthz, /readyz, page and API; [bold]none[/]: off.")
    ] = "127.0.0.1:9464",
    state_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Everything that is kept.", show_default="~/.local/share/model-monitoring"),
    ] = None,
) -> None:
    """Run the processor: OTLP in; drift, performance and data quality out.

    It needs no configuration: models are discovered from what arrives, and one
    without a reference says so. SIGHUP (where there is one) reads configuration
    and references again; SIGTERM or Ctrl-C ends it.
    """
    grpc = listening_address(otlp_grpc, "--otlp-grpc")
    http = listening_address(otlp_http, "--otlp-http")
    page = listening_address(admin, "--admin")
    from model_monitoring_processor.config.options import ServeOptions  # noqa: PLC0415 - what --help does not need
    from model_monitoring_processor.service.run import run  # noqa: PLC0415

    folder = state_dir or default_state_dir()
    note(f"state is kept in {folder}")
    options = ServeOptions(
        state_dir=folder,
        config_path=config,
        references=tuple(reference or ()),
        otlp_grpc=grpc,
        otlp_http=http,
        admin=page,
    )
    raise typer.Exit(run(options))
