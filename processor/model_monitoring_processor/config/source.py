"""A YAML file as a tree that remembers where everything stood.

The safe loader only, and of it no more than composing nodes: no tag makes an object, a key given twice is an
error (YAML keeps the last one in silence), and what aliases multiply is bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from model_monitoring_processor.config.problems import Place, Problem, config_error
from model_monitoring_processor.errors import ConfigError

__all__ = ["MAX_BYTES", "Node", "parse", "read"]

MAX_BYTES = 1 << 20
MAX_NODES = 50_000
MAX_DEPTH = 32

Scalar: TypeAlias = str | int | float | bool | None

_TEXT = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"}
_NUMBERS = {f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float")}


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file.

    Attributes:
        value: scalar, list of nodes, or nodes by key.
        path: the key as people write it; kept when a node is moved.
        place: where the value stands.
        key_place: where its key stands; that of the value for items of a list.
    """

    value: "Scalar | list[Node] | dict[str, Node]"
    path: str
    place: Place
    key_place: Place

    def plain(self) -> Any:
        """The value without places: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def child(self, key: str | int) -> "Node | None":
        """The node under a key or index."""
        if isinstance(self.value, dict):
            return self.value.get(str(key))
        if isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            return self.value[key]
        return None

    def with_value(self, value: "dict[str, Node]") -> "Node":
        """The same place with other children."""
        return replace(self, value=value)


def read(path: Path) -> str:
    """Text of a configuration file.

    Raises:
        ConfigError: it cannot be read, is larger than `MAX_BYTES` or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `model-monitoring config --help` says how to write one") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(body) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES >> 20} MiB; is this the configuration file?")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def parse(text: str, file: str) -> Node:
    """Compose the tree of a file; an empty file is an empty mapping.

    Raises:
        ConfigError: not YAML, a key given twice, too deep or too many nodes; with line and column.
    """
    reader = _Reader(file)
    top = Place(1, 1)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None or root.tag == "tag:yaml.org,2002:null":
            return Node({}, "", top, top)
        node = reader.node(root, "", _place(root), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else top
        raise config_error(file, [Problem(place, "", f"not YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise config_error(file, [Problem(top, "", f"not YAML: {str(error).splitlines()[0]}")]) from None
    except RecursionError:
        raise config_error(file, [Problem(top, "", "nested too deeply")]) from None
    if reader.problems:
        raise config_error(file, reader.problems)
    return node


class _Reader:
    """Turns composed YAML nodes into ours, collecting problems and counting what aliases multiply."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._left = MAX_NODES

    def node(self, node: yaml.Node, path: str, key_place: Place, depth: int) -> Node:
        place = _place(node)
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            what = "nested too deeply" if depth > MAX_DEPTH else f"more than {MAX_NODES} values (aliases count)"
            raise config_error(self._file, [Problem(place, "", what)])
        if isinstance(node, yaml.MappingNode):
            return Node(dict(self._entries(node, path, depth)), path, place, key_place)
        if isinstance(node, yaml.SequenceNode):
            items = [self.node(n, f"{path}[{i}]", _place(n), depth + 1) for i, n in enumerate(node.value)]
            return Node(items, path, place, key_place)
        return Node(self._scalar(node, path, place), path, place, key_place)

    def _entries(self, node: yaml.MappingNode, path: str, depth: int) -> Iterator[tuple[str, Node]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            place = _place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(place, path, "a key must be text"))
                continue
            key = str(key_node.value)
            below = f"{path}.{key}" if path else key
            if key_node.tag == "tag:yaml.org,2002:merge":
                self.problems.append(Problem(place, below, "merging with '<<' is not supported; use `defaults:`"))
            elif key in first:
                self.problems.append(Problem(place, below, f"given twice; first in line {first[key]}"))
            else:
                first[key] = place.line
                yield key, self.node(value_node, below, place, depth + 1)

    def _scalar(self, node: yaml.Node, path: str, place: Place) -> Scalar:
        if node.tag in _TEXT:
            return str(node.value)
        if node.tag in _NUMBERS:
            try:
                return yaml.constructor.SafeConstructor().construct_object(node)  # type: ignore[no-any-return]
            except ValueError:
                pass
        self.problems.append(Problem(place, path, f"a value of this kind ({node.tag}) is not allowed here"))
        return None


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
