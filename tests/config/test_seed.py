"""The first published configuration means what it said, in each of the ways in which it has been written."""

import re
from pathlib import Path

import pytest
import yaml

from model_monitoring_processor.config import load_config
from model_monitoring_processor.types import ColumnTest, ModelId

ROOT = Path(__file__).parents[2]
SEED = ROOT / "tests" / "data" / "seed_config.yaml"
CHURN = ModelId("churn_predictor_v3")

INDENTED = """
performance:
  window_size: 1000
  alerting:
    channels: [slack]
    rules: [{ name: a, condition: "psi > 0.2", severity: info }]
"""
NULL_KEY = """
performance:
  window_size: 1000
  alerting:
  channels: [slack]
  rules: [{ name: a, condition: "psi > 0.2", severity: info }]
"""
TOP_LEVEL = """
performance:
  window_size: 1000
alerting:
  channels: [slack]
  rules: [{ name: a, condition: "psi > 0.2", severity: info }]
"""


def test_the_published_file_gives_these_settings():
    settings = load_config(SEED).for_model(CHURN)
    assert settings.evaluation.numerical == ColumnTest("ks_test", 0.05)
    assert settings.evaluation.categorical == ColumnTest("chi_squared", 0.05)
    assert settings.evaluation.prediction == ColumnTest("psi", 0.1)
    assert settings.window == "1h"
    assert settings.reference == SEED.parent / "data/training_reference.parquet"
    assert settings.ground_truth_delay_s == 24 * 3600
    effective = {path: setting.value for path, setting in settings.effective.items()}
    assert effective["performance.metrics"] == ["accuracy", "precision", "recall", "f1", "auc_roc"]
    assert effective["performance.sliding_step"] == 100
    assert effective["alerting.channels"] == ["slack", "pagerduty"]
    assert [rule["name"] for rule in effective["alerting.rules"]] == [
        "feature_drift_alert", "performance_drop", "latency_spike", "data_staleness"
    ]  # fmt: skip


def test_every_key_of_the_published_file_that_has_no_effect_yet_is_named():
    named = {line.partition(":")[0] for line in load_config(SEED).inactive}
    assert named == {
        "drift_detection.schedule",
        "performance.window_size",
        "performance.sliding_step",
        "performance.ground_truth_delay_hours",
        "performance.metrics",
        "alerting",
        "grafana",
    }


@pytest.mark.parametrize("text", [INDENTED, NULL_KEY], ids=["indented", "null key"])
@pytest.mark.parametrize("place", ["{}", "defaults:\n{}", "models:\n  churn_predictor_v3:\n{}"])
def test_alerting_under_performance_means_alerting_beside_it(text, place, tmp_path):
    def settings_of(body):
        depth = place.count("\n")
        file = tmp_path / "config.yaml"
        file.write_text(place.format(re.sub(r"(?m)^(?=.)", "  " * depth, body)))
        found = load_config(file).for_model(CHURN)
        return {path: setting.value for path, setting in found.effective.items()}

    assert settings_of(text) == settings_of(TOP_LEVEL)
    assert settings_of(text)["alerting.channels"] == ["slack"]


def test_the_example_holds_every_key_of_the_published_file_with_its_value():
    def leaves(value, path=()):
        if isinstance(value, dict):
            return {leaf for key, below in value.items() for leaf in leaves(below, (*path, key))}
        return {(path, str(value))}

    published = yaml.safe_load(SEED.read_text())
    performance = published["performance"]
    published["alerting"] = {key: performance.pop(key) for key in ("channels", "rules")}
    del performance["alerting"]
    assert leaves(published) <= leaves(yaml.safe_load((ROOT / "config.example.yaml").read_text()))


def test_the_example_shows_every_key_there_is():
    """Commented out or not: a key that is not in the example is a key that nobody finds."""
    from model_monitoring_processor.config import json_schema

    text = (ROOT / "config.example.yaml").read_text()
    schema = json_schema()
    keys = {key for section in [schema, *schema["$defs"].values()] for key in section.get("properties", {})}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


def test_the_reference_documents_every_key_there_is():
    from model_monitoring_processor.config import json_schema

    text = (ROOT / "docs" / "configuration.md").read_text()
    schema = json_schema()
    keys = {key for section in [schema, *schema["$defs"].values()] for key in section.get("properties", {})}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_the_example_with_its_commented_keys_set_is_valid_too(tmp_path):
    text = (ROOT / "config.example.yaml").read_text()
    keys = "window|pane_minutes|allowed_lateness_minutes|idle_seconds|export|  otlp|sources|  fraud|  outcomes|    \\w+"
    uncommented = re.sub(rf"(?m)^( *)# ((?:{keys}):)", r"\1\2", text)
    assert uncommented.count("#") < text.count("#") - 8
    file = tmp_path / "config.yaml"
    file.write_text(uncommented)
    config = load_config(file)
    assert config.for_model(CHURN).window == "1d"
    assert config.export.otlp.headers == {"x-tenant": "ml"}
    assert list(config.sources) == ["fraud", "outcomes"]
