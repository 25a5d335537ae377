"""What the demo prints: the same heat map as the page, and how it compares with what is known of the data."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from model_monitoring_processor.demo.truth import Judgement, judge

__all__ = ["judgement_of", "print_judgement", "print_next_steps", "print_verdicts"]

_STYLES = {
    "ok": (" ", "dim"), "exceeded": ("~", "yellow"), "drifted": ("!", "bold red"),
    "insufficient_data": ("?", "dim italic"), "no_reference": ("-", "dim"),
}  # fmt: skip

_NEXT = """\
[bold]Your own model, in five lines:[/bold]
    [cyan]from[/cyan] model_monitoring [cyan]import[/cyan] monitor_model

    @monitor_model(name="churn", version="3", task_type="binary")
    [cyan]def[/cyan] predict(features):
        [cyan]return[/cyan] model.predict_proba(features)[:, 1]

    1. freeze its reference
       model-monitoring reference build train.parquet --model churn --out churn.mmref
    2. start the processor
       model-monitoring serve --reference churn.mmref
    3. start your service
       OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 python serve.py
"""

Windows = Sequence[Mapping[str, Any]]


def print_verdicts(console: Console, windows: Windows) -> None:
    """Print features x windows: the effect D of each, marked with its verdict.

    Args:
        console: where to.
        windows: as `/api/windows` gives them.
    """
    year = windows[0]["window"]["name"][:4]
    console.print(f"[bold]Distance D of each month of {year} from January and February[/bold]")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)
    table.add_column("feature", min_width=17, no_wrap=True)
    for window in windows:
        table.add_column(window["window"]["name"][-2:], justify="right", min_width=5, no_wrap=True)
    cells = [{column["name"]: column for column in window["columns"]} for window in windows]
    for name in _by_drift(cells):
        table.add_row(name, *(_cell(by_name.get(name)) for by_name in cells))
    table.add_section()
    table.add_row("accuracy", *(_accuracy(window["performance"]) for window in windows))
    console.print(table)
    console.print(
        "  [bold red]![/] drifted: D or its chi-squared equivalent is large, and not by chance\n"
        "  [yellow]~[/] over its threshold, not confirmed   ? too few rows\n"
    )


def _by_drift(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(name for by_name in cells for name in by_name))
    effects = {n: sum((c[n]["effect"] or 0.0) for c in cells if n in c) for n in names}
    return sorted(names, key=lambda name: (name.startswith("prediction."), -effects[name]))


def _cell(column: Mapping[str, Any] | None) -> Text:
    if column is None:
        return Text("")
    mark, style = _STYLES[column["verdict"]]
    effect = column["effect"]
    return Text("?" if effect is None else f"{_short(effect, 2)}{mark}", style=style)


def _accuracy(performance: Mapping[str, Any] | None) -> str:
    accuracy = performance["metrics"].get("accuracy") if performance else None
    return "" if accuracy is None else _short(accuracy, 3) + " "


def _short(number: float, digits: int) -> str:
    """Without the zero before the point: a year has to fit into eighty columns."""
    text = f"{number:.{digits}f}"
    return text.removeprefix("0")


def judgement_of(windows: Windows) -> Judgement:
    """Compare all verdicts with what is known of the data."""
    return judge(
        [
            (window["window"]["name"], column["name"], column["verdict"] == "drifted")
            for window in windows
            for column in window["columns"]
            if column["role"] == "feature"
        ]
    )


def print_judgement(console: Console, judgement: Judgement) -> None:
    """Print what was flagged against what is known."""
    total = judgement.right + len(judgement.missed) + len(judgement.false_alarms)
    console.print(
        f"[bold]Against what is known of the data:[/bold] {judgement.right} of {total} verdicts right\n"
        "  temp, dewp and pressure move with the season; dest changes from April on;\n"
        "  carrier, origin and sched_dep_time hardly move: p = 1e-6 at 28,000 rows a\n"
        f"  month, and yet nothing to wake anybody for. Of {judgement.not_known} more verdicts the truth\n"
        "  is not known for certain.",
        highlight=False,
    )
    for title, cells in (("missed", judgement.missed), ("false alarms", judgement.false_alarms)):
        if cells:
            console.print(f"  [bold red]{title}:[/] " + ", ".join(f"{f} {w}" for w, f in cells))
    console.print()


def print_next_steps(console: Console) -> None:
    """Print what to do with one's own model."""
    console.print(_NEXT, highlight=False)
