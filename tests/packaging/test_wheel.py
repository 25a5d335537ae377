"""What is in the wheel, and what it says of itself."""

import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser

import pytest

from tools.environment import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    """Its metadata."""
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_it_holds_the_two_packages_whole_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Templates, pages and type markers too; no tests, no tools."""
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    sources = ((ROOT / "sdk", "model_monitoring"), (ROOT / "processor", "model_monitoring_processor"))
    expected = {
        path.relative_to(root).as_posix()
        for root, package in sources
        for path in (root / package).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".nbi", ".nbc"}
    }
    assert packed == expected
    assert {"model_monitoring/py.typed", "model_monitoring_processor/py.typed"} <= packed


def test_it_carries_its_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    """The whole text, and the name of it."""
    (name,) = (name for name in wheel.namelist() if name.endswith("/licenses/LICENSE"))
    assert wheel.read(name).decode() == (ROOT / "LICENSE").read_text()
    assert metadata["License-Expression"] == "Apache-2.0"


def test_a_serving_process_installs_opentelemetry_and_little_else(metadata: Message) -> None:
    """Everything that is large is behind an extra."""
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert all(line.startswith(("opentelemetry-", "wrapt")) for line in required)


def test_zero_code_instrumentation_is_not_disabled_by_a_conflict(metadata: Message) -> None:
    """An extra named `instruments` would switch off all of our entry points when one library conflicts."""
    assert "instruments" not in metadata.get_all("Provides-Extra", [])


def test_the_command_is_there(wheel: zipfile.ZipFile) -> None:
    """`model-monitoring` starts in the SDK, which names the extra where the processor is not installed."""
    (name,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "model-monitoring = model_monitoring._command:main" in wheel.read(name).decode()
