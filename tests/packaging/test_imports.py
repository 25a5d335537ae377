"""Walls that the import contracts of pyproject.toml cannot express."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import model_monitoring
import model_monitoring_processor

SDK = Path(model_monitoring.__file__).parent
PROCESSOR = Path(model_monitoring_processor.__file__).parent
WRITTEN = sorted({*SDK.rglob("*.py"), *PROCESSOR.rglob("*.py")} - {SDK / "semconv.py"})  # that one is a list
STATS = sorted((PROCESSOR / "stats").glob("*.py"))


def imported(module: Path) -> Iterator[str]:
    """Names of the modules that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", STATS, ids=lambda path: path.name)
def test_stats_know_arrays_and_nothing_else(module: Path) -> None:
    """numba, numpy, scipy.special, each other and what has no clock, file, log or configuration."""
    allowed = (
        "numba",
        "numpy",
        "scipy.special",
        "model_monitoring_processor.stats",
        "model_monitoring_processor.types",
    )
    pure = ("collections.abc", "functools", "math", "typing")
    strangers = [name for name in imported(module) if not name.startswith((*allowed, *pure))]
    assert strangers == []


@pytest.mark.parametrize("module", WRITTEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_says_what_it_offers(module: Path) -> None:
    """`__all__` is there where a module has public names; ruff keeps it sorted."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    public = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name[0] != "_"]
    assert not public or any(isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__" for n in tree.body)


@pytest.mark.parametrize("module", WRITTEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_holds_one_idea(module: Path) -> None:
    """Nobody reads a file of more than 350 lines."""
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 350


def test_importing_the_sdk_costs_a_service_nothing_heavy() -> None:
    """In a process of its own: what is loaded by `import model_monitoring`, and what is not."""
    program = "import sys, model_monitoring; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    heavy = {"grpc", "model_monitoring_processor", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "wrapt"}
    assert not heavy & set(done.stdout.split())
