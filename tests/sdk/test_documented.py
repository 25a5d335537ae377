"""docs/sdk.md says what is so: every setting with its default and meaning, and the examples run."""

import re
from pathlib import Path

import pytest

import model_monitoring
from model_monitoring import _policy, configure
from model_monitoring._config import SETTINGS
from model_monitoring.testing import capture

PAGE = (Path(__file__).parents[2] / "docs" / "sdk.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_in_the_table(setting):
    default = f"`{setting.default}`" if setting.default else ""
    meaning = setting.doc.replace("|", "\\|")
    assert f"| `{setting.name}` | {default} | {meaning} |" in PAGE


def test_no_variable_is_documented_that_does_not_exist():
    known = {setting.name for setting in SETTINGS}
    named = set(re.findall(r"\bMODEL_MONITORING_[A-Z_]+\b", PAGE))
    assert named <= known


def test_the_first_screen_says_what_leaves_and_how_to_stop_it():
    first = "\n".join(PAGE.splitlines()[:25])
    assert "values of its features" in first
    assert "OTEL_SDK_DISABLED=true" in first
    assert "NO_CONTENT" in first


def test_the_file_of_the_page_is_understood(monkeypatch, tmp_path):
    monkeypatch.setattr(_policy, "_configured", {})
    file = tmp_path / "monitoring.yaml"
    file.write_text(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    monkeypatch.setenv("MODEL_MONITORING_CONFIG", str(file))
    with capture():
        policy = _policy.current()
    assert policy.mode == "EVENT_ONLY"
    assert policy.allowed == ("age", "income", "tenure_*")
    assert policy.exclude == (("route", "/health*"),)


def test_what_the_page_imports_exists():
    for module, names in re.findall(r"^from (model_monitoring[\w.]*) import (.+)$", PAGE, re.MULTILINE):
        for name in names.split("#")[0].split(","):
            __import__(module)
            assert hasattr(__import__(module, fromlist=[name.strip()]), name.strip())
    assert configure is model_monitoring.configure
