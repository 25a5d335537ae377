"""The commands that people are told exist."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.environment import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def targets() -> set[str]:
    """Targets of the Makefile, as `make help` lists them."""
    listed = subprocess.run(["make", "--no-print-directory"], check=True, cwd=ROOT, capture_output=True, text=True)
    return set(re.findall(r"^  (\w+) ", listed.stdout, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_make_command_of_the_documentation_is_one(page: Path) -> None:
    """In code, so that prose may say what it likes."""
    told = re.findall(r"(?:`|^)make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(told) <= targets()


def test_the_daily_commands_are_listed() -> None:
    """`make` alone teaches."""
    assert {"demo", "test", "soak", "lint", "bench", "docs", "help"} <= targets()
