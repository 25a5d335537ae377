"""What the JSON API asks of the service, and the query parameters it accepts.

`Monitor` is the seam: the service implements it over its store, tests and the page's fixtures over plain data.
Its answers are JSON-ready dictionaries, so that the page shows exactly what the store says.
"""

from typing import Any, NamedTuple, Protocol, TypeAlias

from starlette.datastructures import QueryParams

from model_monitoring_processor.export.answers import Refused
from model_monitoring_processor.types import ModelId

__all__ = ["MAX_WINDOWS", "Cell", "Json", "Monitor", "parse_cell", "parse_limit", "parse_model", "require_known"]

Json: TypeAlias = dict[str, Any]

MAX_WINDOWS = 500
"""Largest number of windows, and of models, in one answer."""

_DEFAULT_WINDOWS = 48
_MODEL_KEYS = ("name", "version", "environment")
_MAX_LENGTH = {"name": 256, "version": 256, "environment": 256, "window": 64, "role": 7, "column": 16_384, "limit": 3}


class Monitor(Protocol):
    """Read-only view of what the processor knows. Called from several threads at once."""

    def models(self) -> list[Json]:
        """Every model seen or configured.

        Returns:
            For each: `name`, `version`, `environment`; `reference` (`hash`, `rows`, `version`) or None; `rows`;
            `last_prediction` (event time, unix seconds) or None; `window` (length, as configured); `verdict` (the
            worst of the newest closed window, or `no_reference`, or `waiting` while none is closed); `drifted`
            (column names); `labelled`; `accuracy` (0 to 1) or None; `info` (owner, team, ...).
        """

    def knows(self, model: ModelId) -> bool:
        """Tell whether a model is among `models`; quick."""

    def windows(self, name: str, version: str, environment: str, limit: int) -> list[Json]:
        """The newest `limit` windows of a model, oldest first, the one in progress last.

        Returns:
            Snapshots as dictionaries, with `verdict`, `closed` (False: in progress, figures are provisional) and
            `revision` (grows when late rows correct a window) added.
        """

    def distribution(  # noqa: PLR0917 - the query's own parameters
        self, name: str, version: str, environment: str, window: str, role: str, column: str
    ) -> Json | None:
        """Reference against current distribution of one column in one window.

        Returns:
            `column`, `kind`, `window`, `cells` (`label`, `low`, `high`, and the shares
            `reference` and `current`), `missing` (`reference`, `current`), `unseen`, `invalid`; shares are of all
            rows. None where the window or the column is not known, or the model has no reference.
        """


class Cell(NamedTuple):
    """One cell of the heat map: a column in a window."""

    window: str
    role: str
    column: str


def parse_model(query: QueryParams, also: tuple[str, ...] = ()) -> ModelId:
    """Identity of the model asked for; version and environment are empty unless given.

    Args:
        query: the query string's parameters.
        also: further parameters that the caller understands.

    Raises:
        Refused: 400, for a parameter that is missing, unknown, given twice or too long.
    """
    known = (*_MODEL_KEYS, *also)
    for key in query:
        if key not in known:
            raise Refused(400, f"unknown parameter {key[:64]!r}; known here: {', '.join(known)}")
        if len(query.getlist(key)) > 1:
            raise Refused(400, f"parameter {key!r} is given more than once")
        if len(query[key]) > _MAX_LENGTH[key]:
            raise Refused(400, f"parameter {key!r} is longer than {_MAX_LENGTH[key]} characters")
    return ModelId(_required(query, "name"), query.get("version", ""), query.get("environment", ""))


def parse_limit(query: QueryParams) -> int:
    """Number of windows asked for, 1 to `MAX_WINDOWS`.

    Raises:
        Refused: 400, when it is anything else.
    """
    text = query.get("limit", str(_DEFAULT_WINDOWS))
    limit = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= limit <= MAX_WINDOWS:
        raise Refused(400, f"limit must be a whole number from 1 to {MAX_WINDOWS}, not {text!r}")
    return limit


def parse_cell(query: QueryParams) -> Cell:
    """Window, role and column asked for.

    Raises:
        Refused: 400, for a missing parameter or a role that is neither `feature` nor `output`.
    """
    cell = Cell(_required(query, "window"), _required(query, "role"), _required(query, "column"))
    if cell.role not in {"feature", "output"}:
        raise Refused(400, f"role must be feature or output, not {cell.role!r}")
    return cell


def require_known(model: ModelId, monitor: Monitor) -> None:
    """Refuse a model that is not there, saying which are.

    Raises:
        Refused: 404, with the identities of the models known (20 at most).
    """
    if not monitor.knows(model):
        known = [{key: entry[key] for key in _MODEL_KEYS} for entry in monitor.models()[:20]]
        hint = "see `models` for those that are" if known else "no model has sent predictions yet"
        raise Refused(404, f"no such model here: {_say(model)}; {hint}", models=known)


def _say(model: ModelId) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in model._asdict().items())


def _required(query: QueryParams, key: str) -> str:
    if key not in query:
        raise Refused(400, f"parameter {key!r} is required")
    return query[key]
