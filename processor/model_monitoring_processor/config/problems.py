"""What is wrong with a configuration: each problem with its line, all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from model_monitoring_processor.errors import ConfigError

__all__ = ["Place", "Problem", "config_error", "nearest"]

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in the file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `path` is the key as people write it (`drift_detection.features`); "" is the file."""

    place: Place
    path: str
    message: str

    def show(self, file: str) -> str:
        """`config.yaml:7:3: drift_detection.featuers: unknown key`: editors jump to it."""
        subject = f"{self.path}: " if self.path else ""
        return f"{file}:{self.place.line}:{self.place.column}: {subject}{self.message}"


def config_error(file: str, problems: Iterable[Problem]) -> ConfigError:
    """One error that names every problem, in the order of the file."""
    lines = [problem.show(file) for problem in sorted(problems, key=lambda problem: problem.place)]
    if len(lines) == 1:
        return ConfigError(lines[0])
    shown = lines[:MAX_SHOWN]
    more = [f"... and {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else []
    return ConfigError("\n".join([f"{len(lines)} problems in the configuration", *shown, *more]))


def nearest(word: str, known: Sequence[str]) -> str:
    """Hint to append to a message: the nearest known word, or all of them where none is near."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known here: {', '.join(sorted(known))}" if known else ""
