"""Which source takes a record."""

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import translate
from typing import Any, NamedTuple, TypeAlias

from model_monitoring_processor.config import Match, SourceSection
from model_monitoring_processor.ingest.sources.record import Record, Values

__all__ = ["NO_SOURCES", "Source", "Sources", "compile_sources"]

Pattern: TypeAlias = Callable[[str], Any]
"""Truthy where a text matches."""


class Source(NamedTuple):
    """A source, with its patterns made ready."""

    name: str
    rules: SourceSection
    of_name: Pattern
    of_scope: Pattern
    of_attributes: Sequence[tuple[str, Pattern]]
    of_resource: Sequence[tuple[str, Pattern]]

    def takes_scope(self, scope: str, resource: Values) -> bool:
        """Whether records of a scope may be meant at all."""
        return bool(self.of_scope(scope)) and _all(self.of_resource, resource)

    def takes(self, record: Record) -> bool:
        """Whether a record of such a scope is meant."""
        return bool(self.of_name(record.name)) and _all(self.of_attributes, record.attributes)


class Sources(NamedTuple):
    """Every source, by signal, in the order of the configuration: the first that matches takes a record."""

    spans: Sequence[Source] = ()
    logs: Sequence[Source] = ()


NO_SOURCES = Sources()


def compile_sources(sections: Mapping[str, SourceSection]) -> Sources:
    """Make the sources of a configuration ready; see `Config.sources`."""
    made = [_compile(name, section) for name, section in sections.items()]
    return Sources(
        [source for source in made if source.rules.match.signal == "spans"],
        [source for source in made if source.rules.match.signal == "logs"],
    )


def _compile(name: str, section: SourceSection) -> Source:
    match: Match = section.match
    return Source(
        name=name,
        rules=section,
        of_name=_pattern(match.name or "*"),
        of_scope=_pattern(match.scope or "*"),
        of_attributes=[(key, _pattern(text)) for key, text in match.attributes.items()],
        of_resource=[(key, _pattern(text)) for key, text in match.resource.items()],
    )


def _pattern(text: str) -> Pattern:
    if text == "*":
        return lambda _: True
    if not any(wild in text for wild in "*?["):
        return text.__eq__
    return re.compile(translate(text)).match


def _all(patterns: Sequence[tuple[str, Pattern]], values: Values) -> bool:
    return all(key in values and pattern(_text(values[key])) for key, pattern in patterns)


def _text(value: Any) -> str:
    """A value as a pattern sees it: `true`, `3`, `0.5`; what is not a scalar matches `*` only."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
