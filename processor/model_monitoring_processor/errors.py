"""The errors that this package raises on purpose.

    MonitoringError
     +-- BadData          the sender's bytes are wrong: refused for good, counted by `reason`
     +-- Overloaded       try again later: UNAVAILABLE / 429
     +-- ConfigError      the configuration is wrong: says the key, the line and what to do
     +-- ReferenceFileError  a reference file cannot be read or does not fit
     +-- StateError       the state folder is held, damaged or of another version

Everything else that escapes is a bug or the machine's trouble; at the door it becomes UNAVAILABLE, because the
Collector drops data for ever on any other status.
"""

__all__ = ["BadData", "ConfigError", "MonitoringError", "Overloaded", "ReferenceFileError", "StateError"]


class MonitoringError(Exception):
    """Base of all errors raised on purpose; its text is fit to be shown to a user."""


class BadData(MonitoringError):
    """Data that no retry can mend.

    Args:
        reason: one of a closed list; the value of the `reason` attribute of the counters.
        message: what was wrong and where, for the sender.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Overloaded(MonitoringError):
    """The processor has too much to do; the same request may be sent again."""


class ConfigError(MonitoringError):
    """A configuration that cannot be used."""


class ReferenceFileError(MonitoringError):
    """A reference that cannot be read, or data from which none can be made."""


class StateError(MonitoringError):
    """The state folder cannot be used."""
