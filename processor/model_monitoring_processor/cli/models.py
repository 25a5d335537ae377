"""`model-monitoring models`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from model_monitoring_processor.cli.console import note, out
from model_monitoring_processor.cli.options import ADMIN_URL, example
from model_monitoring_processor.errors import MonitoringError, StateError

__all__ = ["register"]

MAX_ANSWER = 16 << 20
TIMEOUT_S = 5.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=example("model-monitoring models", "model-monitoring models --state-dir ./state --json"),
    )(models)


def models(
    url: Annotated[str, typer.Option(metavar="URL", help="Admin address of a running processor.")] = ADMIN_URL,
    state_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Read the state of a processor that is not running.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as the processor's API gives it.")] = False,
) -> None:
    """List the models that the processor has seen.

    Asks a running processor, or reads its state folder while none is running.
    """
    found = _ask(url) if state_dir is None else _read(state_dir)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        _show(found)
    else:
        note("no model has been seen yet; send predictions to the processor's OTLP port")


def _ask(url: str) -> list[dict[str, Any]]:
    """The models that a running processor knows.

    Raises:
        MonitoringError: it does not answer, or something else does.
    """
    from urllib.error import HTTPError  # noqa: PLC0415 - a tenth of the time of `--help`
    from urllib.request import urlopen  # noqa: PLC0415

    if not url.startswith(("http://", "https://")):
        raise MonitoringError(f"--url: expected an address such as {ADMIN_URL}, got {url!r}")
    address = f"{url.rstrip('/')}/api/models"
    try:
        with urlopen(address, timeout=TIMEOUT_S) as answer:  # noqa: S310 - http only, checked above
            body = json.loads(answer.read(MAX_ANSWER))
        return [dict(model) for model in body["models"]]
    except HTTPError as error:
        raise MonitoringError(f"{address} answered {error.code} {error.reason}: is it a processor?") from None
    except (ValueError, KeyError, TypeError):
        raise MonitoringError(f"{address} did not answer as a processor does; see --admin of `serve`") from None
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise MonitoringError(
            f"no processor answers at {url} ({reason}): start one with `model-monitoring serve`, "
            "give its address with --url, or read its folder with --state-dir"
        ) from None


def _read(folder: Path) -> list[dict[str, Any]]:
    """The models in a state folder that no process holds.

    Raises:
        StateError: there is no state, or a processor is running on it.
    """
    if not (folder / "state.db").is_file():
        raise StateError(f"{folder} holds no state of a processor (no state.db); see --state-dir of `serve`")
    from model_monitoring_processor.store import StateFolder  # noqa: PLC0415 - what --help does not need

    with StateFolder(folder) as store:
        seen = sorted(store.state.models(), key=lambda entry: entry.model)
        return [{**entry.model._asdict(), "rows": entry.rows, "last_prediction": entry.last_event} for entry in seen]


def _show(found: list[dict[str, Any]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - what --help does not need

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("MODEL", "VERSION", "ENVIRONMENT"):
        table.add_column(name, overflow="fold")
    table.add_column("ROWS", justify="right")
    for name in ("LAST PREDICTION", "WINDOW", "VERDICT", "DRIFTED"):
        table.add_column(name, overflow="fold")
    for model in found:
        identity = [_text(model.get(key)) for key in ("name", "version", "environment")]
        drifted = ", ".join(model.get("drifted") or ())
        state = [_text(model.get(key)) for key in ("window", "verdict")]
        table.add_row(
            *identity, f"{model.get('rows', 0):,}", _when(model.get("last_prediction")), *state, _text(drifted)
        )
    out().print(table)


def _text(value: Any) -> str:
    """A name as it may be shown: no markup, no control characters of a terminal."""
    from rich.markup import escape  # noqa: PLC0415

    shown = "".join(char if char.isprintable() else "?" for char in str(value or "-"))
    return escape(shown)


def _when(seconds: float | None) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ") if seconds else "-"
