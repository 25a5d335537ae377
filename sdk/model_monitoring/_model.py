"""Identity of a monitored model, and what is known of it at decoration."""

from typing import NamedTuple

from model_monitoring import semconv
from model_monitoring._text import clean

__all__ = ["Identity", "Model"]


class Identity(NamedTuple):
    """What counters are kept by. An empty string: not said."""

    name: str
    version: str = ""
    environment: str = ""

    @classmethod
    def of(cls, *parts: str | None) -> "Identity":
        """Identity of what a user says or a file holds: a line end behind a version is not a part of it."""
        return cls(*(clean("" if part is None else str(part)).strip() for part in parts))

    def attributes(self) -> dict[str, str]:
        """The attributes of the identity that are said."""
        keys = (semconv.MODEL_NAME, semconv.MODEL_VERSION, semconv.ENVIRONMENT)
        return {key: value for key, value in zip(keys, self, strict=True) if value}


class Model(NamedTuple):
    """One decorated function."""

    identity: Identity
    operation: str = ""
    task_type: str = ""
    feature_names: tuple[str, ...] | None = None

    def attributes(self) -> dict[str, str]:
        """Identity and description, as they go on spans and events; identity last (a span drops its oldest)."""
        described = {semconv.OPERATION: self.operation, semconv.TASK_TYPE: self.task_type}
        return {key: value for key, value in described.items() if value} | self.identity.attributes()
