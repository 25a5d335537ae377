"""The application: its commands, and what an error looks like."""

import importlib.metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from model_monitoring_processor.cli import config, demo, models, reference, serve, sources
from model_monitoring_processor.cli.console import debugging, report
from model_monitoring_processor.cli.options import example
from model_monitoring_processor.errors import MonitoringError

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Turns errors into one line and an exit code: 2 for what the user can mend, 1 for a bug of ours."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (MonitoringError, OSError) as error:
            if debugging():
                raise
            report(_say(error))
            raise typer.Exit(2) from None
        except (typer.Exit, typer.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            if debugging() or type(error).__module__.startswith(("click", "typer")):
                raise
            report(
                f"{type(error).__name__}: {error}. This is a bug of model-monitoring, please report it; "
                "MODEL_MONITORING_DEBUG=1 shows the traceback"
            )
            raise typer.Exit(1) from None


def _say(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(f"model-monitoring {importlib.metadata.version('otel-model-monitoring')}")
    except importlib.metadata.PackageNotFoundError:
        typer.echo("model-monitoring (not installed: run from its source)")
    raise typer.Exit


app = typer.Typer(
    name="model-monitoring",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    epilog=example("model-monitoring demo", "model-monitoring serve --reference churn.mmref"),
)
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Drift, performance and data quality of models, from predict() to Prometheus.

    New here: `demo` shows the product on a real year of flights. For a model of
    your own: freeze a reference with `reference build`, start `serve`, and put
    @monitor_model on your predict function.
    """


demo.register(app)
serve.register(app)
models.register(app)
reference.register(app)
config.register(app)
sources.register(app)


def main() -> None:
    """Run the command line."""
    app(prog_name="model-monitoring")
