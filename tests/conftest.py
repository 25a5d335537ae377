"""What holds for every test."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# The first call of a kernel compiles it, and CI machines are slow: an example has no deadline.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failure: what the machine lacks there must be brought, not passed over."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be skipped in CI: {report.longrepr}"
    return report
