"""Errors of the monitoring never reach the host: they are counted, and logged once per cause.

Under pytest they are raised all the same (bugs are loud at home), except in tests named `test_internal_error*`.
"""

import logging
import os
from collections import Counter

from model_monitoring import _config

__all__ = ["errors", "report", "reset", "told", "warn_once"]

_MAX_CAUSES = 1000

_logger = logging.getLogger("model_monitoring")
_errors: Counter[str] = Counter()
_warned: set[str] = set()


def report(error: BaseException, doing: str) -> None:
    """Take note of an error of ours; to be called in the `except` block that caught it.

    Args:
        error: what was caught.
        doing: what we were at, for the log.

    Raises:
        BaseException: `error` itself, under pytest only.
    """
    warn_once(type(error).__name__, f"error while {doing}: {told(error)}", f"{doing}:{type(error).__name__}")
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    if test and "::test_internal_error" not in test:
        raise error


def warn_once(error_type: str, message: str, cause: str = "") -> None:
    """Count a trouble under `error.type` and log it the first time that its cause is seen.

    Args:
        error_type: value of the attribute: a class name or a short fixed word.
        message: for the log.
        cause: what tells this trouble from others; default: its type and message.
    """
    _errors[error_type] += 1
    cause = cause or f"{error_type}:{message}"
    if cause not in _warned and len(_warned) < _MAX_CAUSES:
        _warned.add(cause)
        _logger.warning("%s (said once; counted in ml.sdk.errors)", message)


def told(error: BaseException) -> str:
    """What a log may say of an exception: its class and where it was raised, not its text.

    The text may quote a feature, and logs leave the process too. MODEL_MONITORING_DEBUG=console adds it.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    place = f" at {os.path.basename(code.co_filename)}:{trace.tb_lineno}" if code and trace else ""  # noqa: PTH119
    return type(error).__name__ + place + (f": {_text(error)}" if _config.debugging() else "")


def _text(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:  # noqa: BLE001  even an exception can be hostile
        return "?"


def errors() -> dict[str, int]:
    """Troubles so far, by `error.type`."""
    return dict(_errors)


def reset() -> None:
    """Forget everything: a forked child and a test start at zero."""
    _errors.clear()
    _warned.clear()
