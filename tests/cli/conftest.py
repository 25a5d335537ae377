"""The command line, called in this process or in one of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model_monitoring_processor.cli import app


@pytest.fixture
def run(monkeypatch):
    """Call the command line in this process; the result has exit_code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("MODEL_MONITORING_DEBUG", raising=False)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def run_process(tmp_path):
    """Call the command line as a process, with pipes for stdout and stderr."""

    def _run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "model_monitoring_processor.cli", *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path),
                "COLUMNS": "80",
                "MODEL_MONITORING_DEBUG": "",
                "PYTHONIOENCODING": "utf-8",
                **environment,
            },
        )

    return _run
