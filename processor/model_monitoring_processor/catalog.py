"""`docs/semconv.md` and `docs/metrics.md`, generated from the vocabulary (`make docs`)."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from model_monitoring import semconv

__all__ = ["metrics_page", "prometheus_name", "semconv_page", "write"]

_UNIT_SUFFIX = {"s": "_seconds", "By": "_bytes", "%": "_percent", "1": "_ratio"}
_HEADER = "<!-- Generated from sdk/model_monitoring/semconv.py by `make docs`. Do not edit. -->\n"


def prometheus_name(metric: semconv.Metric) -> str:
    """Name under which the Collector and the processor's own `/metrics` both show an instrument."""
    name = metric.name.replace(".", "_")
    suffix = _UNIT_SUFFIX.get(metric.unit, "")
    if suffix and not name.endswith(suffix):
        name += suffix
    return name + ("_total" if metric.kind == "counter" else "")


def semconv_page() -> str:
    """The page of attributes and events."""
    lines = [_HEADER, "# Attributes and events\n", f"Instrumentation scope: `{semconv.SCOPE}`.\n", "## Attributes\n"]
    lines += _table(("attribute", "type", "meaning"), ((f"`{a.name}`", a.type, a.brief) for a in semconv.ATTRIBUTES))
    lines.append("\n## Events\n")
    for event in semconv.EVENTS:
        lines.append(f"### `{event.name}`\n\n{event.brief} Format: [wire.md](wire.md).\n")
        lines.append(f"Required: {_names(event.required)}.\n\nOptional: {_names(event.optional)}.\n")
    lines.append(f"## Spans\n\n`{semconv.SPAN_NAME} {{{semconv.MODEL_NAME}}}`, kind INTERNAL, for people: no statistic "
                 "is computed from a span of ours.\n")  # fmt: skip
    return "\n".join(lines)


def metrics_page() -> str:
    """The page of metrics."""
    lines = [_HEADER, "# Metrics\n", _METRICS_INTRO]
    groups = (
        ("From the SDK, in the serving process", semconv.SDK_METRICS),
        ("Results, from the processor", semconv.RESULT_METRICS),
        ("The processor about itself", semconv.PROCESSOR_METRICS),
    )
    head = ("OpenTelemetry", "Prometheus", "kind", "unit", "attributes", "meaning")
    for title, metrics in groups:
        lines.append(f"\n## {title}\n")
        lines += _table(head, (_metric_row(metric) for metric in metrics))
    return "\n".join(lines) + "\n"


_METRICS_INTRO = (
    "Dots become underscores in Prometheus, in metric names and in labels. A value that is not known is left out: "
    "no NaN is exported. Attributes that are empty are left out too."
)


def _metric_row(metric: semconv.Metric) -> tuple[str, ...]:
    unit = f"`{metric.unit}`" if metric.unit else ""
    return (
        f"`{metric.name}`",
        f"`{prometheus_name(metric)}`",
        metric.kind,
        unit,
        _names(metric.attributes),
        metric.brief,
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]


def write(folder: Path) -> None:
    """Write both pages into a folder."""
    (folder / "semconv.md").write_text(semconv_page(), encoding="utf-8")
    (folder / "metrics.md").write_text(metrics_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
