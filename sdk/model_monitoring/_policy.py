"""What may leave the process, and which predictions do not count: one frozen policy, read at the first use.

Each of its five parts is taken from `configure`, else from the environment, else from the file that
MODEL_MONITORING_CONFIG names. Where any of them cannot be understood, no feature leaves at all.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from model_monitoring import _config, _guard
from model_monitoring._policy_read import (
    DROP,
    KEEP,
    MODES,
    Action,
    Rule,
    read_actions,
    read_file,
    read_mode,
    read_names,
    read_rules,
)

__all__ = ["Policy", "action_of", "configure", "current", "forget"]

_MAX_DECIDED = 10_000


class Policy(NamedTuple):
    """What is done with the features, and the rules of what does not count."""

    mode: str = "SPAN_AND_EVENT"
    allowed: tuple[str, ...] | None = None
    """Patterns of names; None: every name."""
    actions: tuple[tuple[str, Action], ...] = ()
    """By pattern of names; the first that matches."""
    hash_key: bytes = b""
    exclude: tuple[Rule, ...] = ()

    @property
    def open(self) -> bool:
        """Whether features pass as they are."""
        return self.allowed is None and not self.actions

    def action(self, name: str) -> Action:
        """What is to be done with a feature."""
        if self.allowed is not None and not any(fnmatchcase(name, pattern) for pattern in self.allowed):
            return DROP
        found = next((action for pattern, action in self.actions if fnmatchcase(name, pattern)), KEEP)
        if found.kind == "hash" and not self.hash_key:
            _guard.warn_once("HashKey", "features to be hashed are dropped: there is no MODEL_MONITORING_HASH_KEY")
            return DROP
        return found


_current: Policy | None = None
_configured: dict[str, Any] = {}
_decided: dict[str, Action] = {}


def configure(
    *,
    capture_features: str | None = None,
    allow_features: Iterable[str] | None = None,
    feature_actions: Mapping[str, Any] | None = None,
    hash_key: str | bytes | None = None,
    exclude: Iterable[Any] | None = None,
) -> None:
    """Say in code what may leave the process; what is not given here stays with the environment and the file.

    Args:
        capture_features: `NO_CONTENT`, `SPAN_ONLY`, `EVENT_ONLY` or `SPAN_AND_EVENT`.
        allow_features: names or patterns (`tenure_*`) of the only features that may leave.
        feature_actions: by name or pattern: `drop`, `hash`, `round:2` or `{"round": 2}`, `bucket:18|30` or
            `{"bucket": [18, 30]}`.
        hash_key: of the action `hash`.
        exclude: rules of what does not count: `route=/health*` or `{"route": "/health*"}`; likewise `model`, and any
            attribute of the current span, header of the request (`http.request.header.x-probe`) or baggage.

    Raises:
        ValueError: where something cannot be understood; nothing is changed then.
    """
    given = {
        "capture_features": capture_features,
        "allow_features": allow_features,
        "feature_actions": feature_actions,
        "hash_key": hash_key,
        "exclude": exclude,
    }
    asked = {key: value if value is None else _READERS[key](value) for key, value in given.items()}
    _configured.update((key, value) for key, value in asked.items() if value is not None)
    forget()


def current() -> Policy:
    """The policy in force."""
    return _current or _load()


def action_of(name: str) -> Action:
    """What the policy in force does with a feature; remembered by name."""
    found = _decided.get(name)
    if found is None:
        found = current().action(name)
        if len(_decided) < _MAX_DECIDED:
            _decided[name] = found
    return found


def forget() -> None:
    """Read the environment and the file again at the next use; what `configure` said stays."""
    global _current  # noqa: PLW0603  one per process
    _current = None
    _decided.clear()


def _load() -> Policy:
    global _current  # noqa: PLW0603  as above
    try:
        parts = _from_file() | _from_environment() | _configured
        made = Policy(
            parts.get("capture_features", MODES[-1]),
            parts.get("allow_features"),
            parts.get("feature_actions", ()),
            parts.get("hash_key", b""),
            parts.get("exclude", ()),
        )
    except Exception as error:  # noqa: BLE001  a mistake in the settings must neither stop the host nor let data out
        _guard.warn_once("Configuration", f"NO FEATURE LEAVES, for the settings cannot be used: {error}")
        made = Policy("NO_CONTENT", ())
    _current = made
    return made


def _from_environment() -> dict[str, Any]:
    given = {key: _config.text(name) for key, name in _ENVIRONMENT.items() if _config.is_set(name)}
    return {key: _READERS[key](value) for key, value in given.items()}


def _from_file() -> dict[str, Any]:
    path = _config.text("MODEL_MONITORING_CONFIG")
    return {key: _READERS[key](value) for key, value in read_file(path, _READERS).items()} if path else {}


_READERS: dict[str, Any] = {
    "capture_features": read_mode,
    "allow_features": read_names,
    "feature_actions": read_actions,
    "hash_key": lambda key: key.encode() if isinstance(key, str) else bytes(key),
    "exclude": read_rules,
}
_ENVIRONMENT = {
    "capture_features": "OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES",
    "allow_features": "MODEL_MONITORING_ALLOW_FEATURES",
    "feature_actions": "MODEL_MONITORING_FEATURE_ACTIONS",
    "hash_key": "MODEL_MONITORING_HASH_KEY",
    "exclude": "MODEL_MONITORING_EXCLUDE",
}
