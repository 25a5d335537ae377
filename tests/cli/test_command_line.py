"""What all commands have in common: help that teaches, one line for an error, and exit codes."""

import pytest

from model_monitoring_processor.cli.options import default_state_dir

COMMANDS = [
    ("demo",), ("serve",), ("models",), ("reference", "build"), ("config", "check"), ("config", "explain"),
    ("config", "schema"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_says_what_a_command_is_for_and_shows_it_at_work(run, command):
    result = run(*command, "--help")
    assert result.exit_code == 0
    usage, purpose = [line.strip() for line in result.stdout.splitlines() if line.strip()][:2]
    assert usage.startswith("Usage:")
    assert len(purpose) > 20
    assert f"$ model-monitoring {' '.join(command)}" in result.stdout


def test_help_lists_every_command(run):
    result = run("--help")
    for command in ("demo", "serve", "models", "reference", "config"):
        assert f"│ {command} " in result.stdout


@pytest.mark.parametrize(
    "text", ["127.0.0.1:4317", "127.0.0.1:4318", "127.0.0.1:9464", "~/.local/share/model-monitoring", "built-in"]
)
def test_help_shows_the_defaults(run, text):
    assert text in run("serve", "--help").stdout


def test_the_defaults_shown_are_those_of_the_service(run, tmp_path):
    from model_monitoring_processor.config import ServeOptions

    shown = run("serve", "--help").stdout
    defaults = ServeOptions(state_dir=tmp_path)
    assert all(f"[default: {a}]" in shown for a in (defaults.otlp_grpc, defaults.otlp_http, defaults.admin))


def test_help_does_not_wait_for_what_only_work_needs(run_process):
    result = run_process("--help", PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    for heavy in ("numpy", "numba", "pydantic", "pyarrow", "grpc", "sklearn"):
        assert f" {heavy}\n" not in result.stderr


def test_no_command_shows_the_help(run_process):
    assert "Usage: model-monitoring" in run_process().stdout


def test_the_version_is_said(run):
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("model-monitoring ")


@pytest.mark.parametrize("arguments", [("sevre",), ("serve", "--nope"), ("config", "check"), ("reference", "build")])
def test_wrong_usage_exits_with_2(run_process, arguments):
    result = run_process(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_error_is_one_line_without_colour_or_traceback(run_process):
    result = run_process("config", "check", "nowhere.yaml")
    assert result.returncode == 2
    assert result.stdout == ""
    assert (
        result.stderr == "error: nowhere.yaml: no such file; `model-monitoring config --help` says how to write one\n"
    )


def test_debugging_shows_the_traceback(run_process):
    result = run_process("config", "check", "nowhere.yaml", MODEL_MONITORING_DEBUG="1")
    assert result.returncode != 0
    assert "Traceback" in result.stderr


def test_a_bug_is_called_one(run, monkeypatch):
    def broken(_path):
        raise KeyError("surprise")

    monkeypatch.setattr("model_monitoring_processor.config.load_config", broken)
    result = run("config", "check", "any.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: KeyError: 'surprise'. This is a bug")


def test_trouble_of_the_machine_names_the_file(run, monkeypatch):
    def full(_path):
        raise OSError(28, "No space left on device", "churn.mmref")

    monkeypatch.setattr("model_monitoring_processor.config.load_config", full)
    result = run("config", "check", "any.yaml")
    assert (result.exit_code, result.stderr) == (2, "error: churn.mmref: No space left on device\n")


def test_names_from_outside_are_not_taken_for_markup(run, tmp_path):
    result = run("config", "check", tmp_path / "[red]x[/red].yaml")
    assert "[red]x[/red].yaml" in result.stderr


def test_state_is_kept_in_the_data_folder_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_state_dir() == tmp_path / "model-monitoring"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert default_state_dir() == tmp_path / "local" / "model-monitoring"
