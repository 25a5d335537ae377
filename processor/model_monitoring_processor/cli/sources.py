"""`model-monitoring sources check`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model_monitoring_processor.cli.console import note, out
from model_monitoring_processor.cli.options import ConfigOption, example
from model_monitoring_processor.errors import MonitoringError

if TYPE_CHECKING:
    from model_monitoring_processor.ingest.sources import Checked, Tally

__all__ = ["register"]

NOTHING_READ, SOME_REFUSED = 3, 4
_SHOWN_COLUMNS = 40


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Predictions in the telemetry of existing services.")
    group.command(epilog=example("model-monitoring sources check spans.jsonl --config config.yaml"))(check)
    app.add_typer(group, name="sources")


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Captured OTLP: JSON, one request a line.")],
    config: ConfigOption = None,
) -> None:
    """Show how captured telemetry would be read, and what would be ignored and why.

    The file is what the Collector's file exporter writes. Nothing is stored or sent.
    Exit code 0: all that a source takes can be read. 3: no source takes anything.
    4: a source takes what cannot be read. 2: the file or the configuration is wrong.
    """
    from model_monitoring_processor.config import load_config  # noqa: PLC0415 - what --help does not need
    from model_monitoring_processor.ingest.sources import check_lines, compile_sources  # noqa: PLC0415

    sources = compile_sources(load_config(config).sources)
    if not any(sources):
        raise MonitoringError("the configuration has no `sources`: give one that has with --config")
    with file.open("rb") as lines:
        checked = check_lines(lines, sources)
    _show(checked)
    if checked.refused or checked.unreadable.count:
        raise typer.Exit(SOME_REFUSED)
    if not checked.taken:
        note("no source takes anything of this file; see what was ignored, and `match` of each source")
        raise typer.Exit(NOTHING_READ)


def _show(checked: "Checked") -> None:
    for source, records in checked.taken.items():
        _line(f"source {source}: {records:,} records")
    for model, seen in checked.models.items():
        version, environment = (f" {text}" for text in (model.version or "-", model.environment or "-"))
        _line(f"model {model.name or '-'}, version{version}, environment{environment}: {seen.rows:,} rows")
        if seen.labels:
            _line(f"  labels: {seen.labels:,}")
        _columns("features", seen.features)
        _columns("outputs", seen.outputs)
        if seen.weighted != seen.rows:
            _line(f"  sampled: they stand for {seen.weighted:,.0f} rows")
        if seen.biased:
            _line(f"  biased: {seen.biased:,} rows are of a tail-sampled source and never alert")
    _tallies("refused", checked.refused)
    _tallies("ignored", checked.ignored)
    if checked.unreadable.count:
        _tallies("lines that cannot be read", {"malformed": checked.unreadable})


def _columns(title: str, columns: dict[str, str]) -> None:
    names = [f"{name} ({kind})" for name, kind in columns.items()]
    more = f", and {len(names) - _SHOWN_COLUMNS} more" if len(names) > _SHOWN_COLUMNS else ""
    if names:
        _line(f"  {title}: {', '.join(names[:_SHOWN_COLUMNS])}{more}")


def _tallies(title: str, tallies: "dict[str, Tally]") -> None:
    for reason, tally in tallies.items():
        _line(f"{title}, {reason}: {tally.count:,}")
        _examples(tally.examples)


def _examples(examples: Sequence[str]) -> None:
    for one in examples:
        _line(f"  {one}")


def _line(text: str) -> None:
    """One line without markup; what strangers sent is shown without the control characters of a terminal."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    out().print(shown, markup=False, soft_wrap=True)
