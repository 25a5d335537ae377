"""`model-monitoring reference build`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model_monitoring_processor.cli.console import errors, note, out, to_terminal
from model_monitoring_processor.cli.options import example
from model_monitoring_processor.errors import ReferenceFileError

if TYPE_CHECKING:
    from model_monitoring_processor.reference import Reference

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(_references)
    group.command(
        epilog=example(
            "model-monitoring reference build training.parquet --model churn \\\n"
            "      --prediction churned --score probability --out churn.mmref",
        ),
    )(build)
    app.add_typer(group, name="reference")


def _references() -> None:
    """Freeze what a model's traffic is compared with."""


def build(  # noqa: PLR0917 - options are given by name
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Training data: .parquet, .csv or .csv.gz.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="Model that it is for.")],
    out_path: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write, by custom NAME.mmref.")],
    version: Annotated[
        str, typer.Option(metavar="V", help="Version that it is for.", show_default="serves all versions")
    ] = "",
    prediction: Annotated[
        str, typer.Option(metavar="COL", help="Column of the predicted class or value.", show_default=False)
    ] = "",
    score: Annotated[str, typer.Option(metavar="COL", help="Column of the score.", show_default=False)] = "",
    label: Annotated[str, typer.Option(metavar="COL", help="Column of the true outcome.", show_default=False)] = "",
    time: Annotated[
        str, typer.Option(metavar="COL", help="Column of the time; left out of the features.", show_default=False)
    ] = "",
    categorical: Annotated[
        str, typer.Option(metavar="A,B", help="Columns of numbers that are codes.", show_default=False)
    ] = "",
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="COL", help="Column to leave out; A,B or repeated.", show_default=False),
    ] = None,
) -> None:
    """Freeze a reference from training data: bins and counts, never a row of the data.

    All columns that are not given a role here are features. The file is what
    `serve --reference` takes.
    """
    from model_monitoring_processor.offline import Columns, freeze, read_table  # noqa: PLC0415 - not for --help

    _check_out(out_path, data)
    roles = Columns(prediction, score, label, time, _names([categorical]), _names(drop or []))
    with _step(f"reading {data}"):
        table = read_table(data)
    rows = len(next(iter(table.values())))
    with _step(f"freezing {rows:,} rows of {len(table)} columns"):
        reference = freeze(table, roles, model=model, version=version)
    with _step(f"writing {out_path}"):
        reference.save(out_path)
    _show(reference, out_path)


def _check_out(out_path: Path, data: Path) -> None:
    """Refuse to write over anything but an older reference: the training data above all."""
    if out_path.exists() and (out_path.samefile(data) or out_path.suffix.lower() != ".mmref"):
        raise ReferenceFileError(f"--out {out_path} exists and is no .mmref file: it is not overwritten")
    if not out_path.resolve().parent.is_dir():
        raise ReferenceFileError(f"--out {out_path}: there is no folder {out_path.parent}")


def _names(texts: list[str]) -> tuple[str, ...]:
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Show what takes its time, to a person only."""
    if not to_terminal():
        yield
        return
    from rich.markup import escape  # noqa: PLC0415

    with errors().status(escape(what)):
        yield


def _show(reference: "Reference", path: Path) -> None:
    from rich.markup import escape  # noqa: PLC0415 - what --help does not need
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("COLUMN", overflow="fold")
    table.add_column("KIND")
    for name in ("ROWS", "MISSING"):
        table.add_column(name, justify="right")
    for name in ("COMPARED IN", "ROLE"):
        table.add_column(name)
    for column in reference.columns:
        missing = int(reference.counts[column.offset + column.missing])
        table.add_row(
            escape(column.label), column.kind, f"{reference.rows - missing:,}", f"{missing:,}",
            _compared_in(column), column.role,
        )  # fmt: skip
    console = out()
    console.print(table)
    for text in reference.notes:
        note(text)
    for metric, value in reference.baseline.items():
        console.print(f"{metric} on the reference: {value:.4f}")
    versions = f"version {reference.version}" if reference.version else "all versions"
    console.print(
        f"\n[bold]{escape(str(path))}[/]: {reference.rows:,} rows, for {escape(reference.model)}, {escape(versions)}\n"
        f"hash {reference.hash}\n\n"
        f"Next: model-monitoring serve --reference {escape(str(path))}"
    )


def _compared_in(column: Any) -> str:
    if column.kind == "numeric":
        return f"{column.bins} bins"
    known = len(column.categories)
    return f"{known} categories" + (f" + {len(column.pooled)} pooled" if len(column.pooled) else "")
