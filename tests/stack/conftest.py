"""The real stack: Collector, Prometheus, processor. One test at a time, in one worker."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.stack.traffic import MODEL, write_reference_data
from tools import collector, debian


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are marked, and share a worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows the end of every program's log."""
    report = yield
    if report.failed:
        used = getattr(item, "funcargs", {})
        folders = [used[name] for name in ("folder", "tmp_path") if name in used]
        for log in sorted(log for folder in folders for log in folder.glob("*.log")):
            report.sections.append((log.name, log.read_text(errors="replace")[-4000:]))
    return report


@pytest.fixture(scope="session")
def collector_binary() -> Path:
    """The Collector, built from the manifest as it is."""
    if not collector.path().exists():
        pytest.skip("the Collector is not built: `make collector` builds it, or says what it lacks")
    return collector.path()


@pytest.fixture(scope="session")
def prometheus_binary() -> str:
    """Debian's Prometheus, or the one on the PATH."""
    found = debian.prometheus()
    if found is None:
        pytest.skip("there is no Prometheus: `make test` brings it on Debian; elsewhere put it on the PATH")
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of a module keep their state and their logs."""
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def reference(folder: Path) -> Path:
    """A reference, built by the command that users have."""
    data, out = folder / "training.csv", folder / f"{MODEL}.mmref"
    write_reference_data(data)
    command = [sys.executable, "-m", "model_monitoring_processor.cli", "reference", "build", str(data)]
    subprocess.run([*command, "--model", MODEL, "--score", "score", "--out", str(out)], check=True)
    return out
