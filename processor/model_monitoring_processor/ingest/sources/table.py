"""The features and outputs of one record: a row, or several where a record holds a batch."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from model_monitoring_processor.config import Features, Outputs
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.sources.cells import Cell, cell, flattened, read_json
from model_monitoring_processor.ingest.sources.kserve import input_columns, output_columns, tensors_of
from model_monitoring_processor.ingest.sources.record import Values

__all__ = ["KSERVE_NAMES", "Table", "feature_table", "output_table"]

KSERVE_NAMES = {"$model_name": "model_name", "$model_version": "model_version", "$id": "id"}
"""What a KServe v2 response says of itself, by the names under which a source may ask for it."""

_SCALARS = (float, int, str, bool)
_OUTPUTS = (("score", "score"), ("class", "class_"), ("value", "value"))


class Table(NamedTuple):
    """Rows of cells under names; no names and no rows where there is nothing."""

    names: tuple[str, ...] = ()
    rows: Sequence[tuple[Cell, ...]] = ()


def feature_table(attributes: Values, rules: Features | None) -> Table:
    """The features of a record.

    Raises:
        BadData: something in the place of a feature is none.
    """
    if rules is None:
        return Table()
    if rules.kserve_v2 is not None and rules.kserve_v2 in attributes:
        body = read_json(attributes[rules.kserve_v2], rules.kserve_v2)
        return _of_columns(input_columns(tensors_of(body, "inputs"), rules.names))
    found: dict[str, Cell] = {}
    if rules.prefix is not None:
        _add_prefixed(found, attributes, rules.prefix)
    for name in rules.attributes:
        if name in attributes:
            found |= flattened(name, attributes[name])
    return _one_row(found | _nested(attributes, rules.map, rules.json_text, rules.names))


def output_table(attributes: Values, rules: Outputs | None) -> Table:
    """The outputs of a record. A KServe v2 response adds to the attributes what it says of itself.

    Raises:
        BadData: something in the place of an output is none.
    """
    if rules is None:
        return Table()
    if rules.kserve_v2 is not None and rules.kserve_v2 in attributes:
        body = read_json(attributes[rules.kserve_v2], rules.kserve_v2)
        columns = output_columns(tensors_of(body, "outputs"), rules.tensors)
        attributes |= {name: cell(body[key]) for name, key in KSERVE_NAMES.items() if key in body}
        return _of_columns(columns)
    found: dict[str, Cell] = {}
    for output, field in _OUTPUTS:
        name = getattr(rules, field)
        if name is not None and name in attributes:
            found[output] = cell(attributes[name])
    return _one_row(found | _nested(attributes, rules.map, rules.json_text, ()))


def _add_prefixed(found: dict[str, Cell], attributes: Values, prefix: str) -> None:
    begin = len(prefix)
    for name, value in attributes.items():
        if name.startswith(prefix):
            if isinstance(value, _SCALARS):
                found[name[begin:]] = cell(value)
            else:
                found |= flattened(name[begin:], value)


def _nested(attributes: Values, of_map: str | None, of_json: str | None, names: Sequence[str]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    if of_map is not None and of_map in attributes:
        found |= _entries(attributes[of_map], of_map, names)
    if of_json is not None and of_json in attributes:
        found |= _entries(read_json(attributes[of_json], of_json), of_json, names)
    return found


def _entries(value: Any, attribute: str, names: Sequence[str]) -> dict[str, Cell]:
    if isinstance(value, list) and names:
        if len(value) != len(names):
            raise BadData(reasons.COLUMN_LENGTH, f"{attribute} has {len(value)} entries, `names` has {len(names)}")
        value = dict(zip(names, value, strict=True))
    if not isinstance(value, dict | list):
        raise BadData(reasons.COLUMN_TYPE, f"{attribute} must hold columns by name")
    return flattened("", value)


def _one_row(found: Mapping[str, Cell]) -> Table:
    # Sorted: a Go map is written in another order each time.
    names = tuple(sorted(found))
    return Table(names, [tuple([found[name] for name in names])]) if names else Table()


def _of_columns(columns: Mapping[str, Sequence[Cell]]) -> Table:
    return Table(tuple(columns), list(zip(*columns.values(), strict=True)))
