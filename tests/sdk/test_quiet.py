"""A backend that is away is said once, however often it is tried; what the app's exporters say stays."""

import logging

from model_monitoring._quiet import quiet

LOGGER = logging.getLogger("tests.exporter")


def attempts(*messages):
    for message in messages:
        LOGGER.warning(message, "away")
    return False


def test_one_line_per_cause(caplog):
    export = quiet(attempts, LOGGER.name)
    for _ in range(3):
        assert export("transient: %s", "transient: %s", "gave up: %s") is False
    assert caplog.messages == ["transient: away"]
    export("refused: %s")
    assert caplog.messages == ["transient: away", "refused: away"]


def test_the_apps_own_exporters_say_all(caplog):
    quiet(attempts, LOGGER.name)
    for _ in range(2):
        attempts("of the app: %s")
    assert caplog.messages == ["of the app: away"] * 2
