"""`model-monitoring config check | explain | schema`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from model_monitoring_processor.cli.console import note, out
from model_monitoring_processor.cli.options import ConfigOption, example

__all__ = ["register"]

ORIGIN_COLUMN = 40


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Check a configuration file, and see what it comes to.")
    group.command(epilog=example("model-monitoring config check config.yaml"))(check)
    group.command(epilog=example("model-monitoring config explain churn --config config.yaml"))(explain)
    group.command(epilog=example("model-monitoring config schema > config.schema.json"))(schema)
    app.add_typer(group, name="config")


def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="Configuration file (YAML).")]) -> None:
    """Check a configuration file without starting anything.

    Names every problem with its line, and what is accepted but not active yet.
    Exit code 2: it cannot be used.
    """
    from model_monitoring_processor.config import load_config  # noqa: PLC0415 - what --help does not need
    from model_monitoring_processor.types import ModelId  # noqa: PLC0415

    config = load_config(file)
    typer.echo(f"{file}: OK")
    for line in config.inactive:
        typer.echo(f"  {line}")
    for name in config.declared_models:
        reference = config.for_model(ModelId(name)).reference
        if reference is not None and not reference.exists():
            note(f"reference_dataset of {name}: {reference} does not exist; make it before `serve`")


def explain(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model.")],
    config: ConfigOption = None,
    version: Annotated[str, typer.Option(metavar="V", help="Version of the model.", show_default="none")] = "",
    environment: Annotated[
        str, typer.Option(metavar="ENV", help="Environment that it runs in.", show_default="none")
    ] = "",
) -> None:
    """Show the effective settings of a model, and where each comes from.

    Later layers win: built-in, defaults, top level, matching patterns of models,
    the model's own name.
    """
    from rich.text import Text  # noqa: PLC0415 - what --help does not need

    from model_monitoring_processor.config import load_config, render  # noqa: PLC0415
    from model_monitoring_processor.types import ModelId  # noqa: PLC0415

    settings = load_config(config).for_model(ModelId(model, version, environment))
    console = out()
    for line, origin in render(settings.effective):
        beside = (f"  # {origin}", "dim") if origin else ""
        console.print(Text.assemble(line.ljust(ORIGIN_COLUMN) if origin else line, beside), soft_wrap=True)
    console.print(f"\n# hash of what can change a result: {settings.hash}", soft_wrap=True)


def schema() -> None:
    """Print the JSON schema of the configuration file, for editors.

    VS Code (YAML extension) reads it where the file begins with:
    # yaml-language-server: $schema=config.schema.json
    """
    from model_monitoring_processor.config import json_schema  # noqa: PLC0415 - what --help does not need

    typer.echo(json.dumps(json_schema(), indent=2))
