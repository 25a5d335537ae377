"""Which value holds for a model, where it comes from, and what its hash depends on."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from model_monitoring_processor.config import load, load_config, render
from model_monitoring_processor.types import ColumnTest, EvaluationSettings, ModelId


@pytest.fixture
def config(tmp_path):
    def _config(text):
        file = tmp_path / "config.yaml"
        file.write_text(text)
        return load_config(file)

    return _config


@pytest.mark.parametrize(
    ("models", "owner"),
    [
        ("{}", "of defaults"),
        ('{"ch*": {owner: first}}', "first"),
        ('{"ch*": {owner: first}, "*n": {owner: later}}', "later"),
        ('{churn: {owner: exact}, "*n": {owner: later}}', "exact"),
        ('{"other": {owner: first}}', "of defaults"),
        ('{"ch*": {team: t}, churn: {tier: x}}', "of defaults"),
        ('{"ch*": {owner: v2, version: "2.*"}}', "v2"),
        ('{"ch*": {owner: v1, version: "1.*"}}', "of defaults"),
        ('{"ch*": {owner: prod, environment: production}}', "prod"),
        ('{"ch*": {owner: stage, environment: staging}}', "of defaults"),
        ('{"CHURN": {owner: other}}', "of defaults"),
        ('{"[a-c]hurn": {owner: class}}', "class"),
    ],
)
def test_later_layers_win_and_the_exact_name_is_the_last(config, models, owner):
    settings = config(f"defaults: {{owner: of defaults}}\nmodels: {models}").for_model(
        ModelId("churn", "2.1", "production")
    )
    assert settings.info["owner"] == owner


def test_layers_are_merged_key_by_key_and_lists_are_replaced(config):
    found = config(
        "defaults: {alerting: {channels: [a, b]}, drift_detection: {features: {numerical: {method: psi}}}}\n"
        "models: {churn: {alerting: {channels: [c]}, drift_detection: {features: {numerical: {threshold: .3}}}}}\n"
    ).for_model(ModelId("churn"))
    assert found.evaluation.numerical == ColumnTest("psi", 0.3)
    assert found.effective["alerting.channels"].value == ["c"]


def test_top_level_sections_are_for_the_named_model_only(config):
    found = config("monitoring: {model_name: churn}\ndrift_detection: {window: 1d}\ndefaults: {timezone: Asia/Tokyo}")
    assert found.for_model(ModelId("churn")).window == "1d"
    assert found.for_model(ModelId("fraud")).window == "1h"
    assert found.for_model(ModelId("churn")).timezone == found.for_model(ModelId("fraud")).timezone == "Asia/Tokyo"


def test_top_level_sections_without_a_named_model_are_for_all_and_win_over_defaults(config):
    found = config("drift_detection: {window: 1d}\ndefaults: {drift_detection: {window: 7d}}")
    assert found.for_model(ModelId("anything")).window == "1d"


def test_the_built_in_tests_are_those_of_the_evaluation():
    built_in = load_config(None).for_model(ModelId("any")).evaluation
    assert built_in._replace(config_hash="") == EvaluationSettings()


@pytest.mark.parametrize(
    ("method", "threshold"), [("psi", 0.1), ("js", 0.1), ("chi_squared", 0.05), ("auto", 0.05), ("ks_test", 0.05)]
)
def test_a_method_without_a_threshold_takes_its_own_default(config, method, threshold):
    """A level of .01 that a layer below set for ks_test must not become a distance of .01."""
    found = config(
        "defaults: {drift_detection: {features: {numerical: {method: ks_test, threshold: .01}}}}\n"
        f"models: {{churn: {{drift_detection: {{features: {{numerical: {{method: {method}}}}}}}}}}}"
    ).for_model(ModelId("churn"))
    assert found.evaluation.numerical == ColumnTest(method, threshold)


@pytest.mark.parametrize(
    ("minutes", "window"), [(5, "5m"), (30, "30m"), (60, "1h"), (240, "4h"), (1440, "1d"), (10080, "7d")]
)
def test_the_window_is_the_check_interval_unless_it_is_given(config, minutes, window):
    assert config(f"monitoring: {{check_interval_minutes: {minutes}}}").for_model(ModelId("m")).window == window
    text = f"monitoring: {{check_interval_minutes: {minutes}}}\ndrift_detection: {{window: month}}"
    assert config(text).for_model(ModelId("m")).window == "month"


@pytest.mark.parametrize(
    ("window", "timezone", "asked", "given"),
    [
        ("1h", "UTC", 60, 60),
        ("10m", "UTC", 60, 5),
        ("30m", "Asia/Kathmandu", 30, 30),
        ("month", "UTC", 60, 60),
        ("month", "Asia/Kathmandu", 60, 15),
        ("1d", "Europe/Berlin", 5, 5),
        ("5m", "UTC", 1, 1),
    ],
)
def test_panes_are_shortened_where_they_would_straddle_a_window(config, window, timezone, asked, given):
    text = f"drift_detection: {{window: {window}, pane_minutes: {asked}}}\ndefaults: {{timezone: {timezone}}}"
    found = config(text).for_model(ModelId("m"))
    assert found.pane_seconds == given * 60
    assert ("to fit the window" in found.effective["drift_detection.pane_minutes"].origin) == (asked != given)


def test_every_value_says_where_it_comes_from(config):
    found = config(
        "monitoring:\n  model_name: churn\n  check_interval_minutes: 30\n"
        "defaults:\n  owner: me\nmodels:\n  'ch*':\n    team: us\n    drift_detection: {prediction: {method: js}}\n"
    ).for_model(ModelId("churn"))
    origins = {path: setting.origin for path, setting in found.effective.items()}
    assert origins["owner"] == "defaults (config.yaml:5)"
    assert origins["team"] == "models 'ch*' (config.yaml:8)"
    assert origins["tier"] == "built-in"
    assert origins["drift_detection.window"] == "check_interval_minutes: top level (config.yaml:3)"
    assert origins["drift_detection.prediction.threshold"] == "models 'ch*' (config.yaml:9)"


def test_info_holds_what_is_set_and_the_time_zone(config):
    found = config("models: {churn: {owner: me, runbook_url: 'https://example.com'}}")
    assert found.for_model(ModelId("churn")).info == {
        "owner": "me", "runbook_url": "https://example.com", "timezone": "UTC"
    }  # fmt: skip
    assert found.for_model(ModelId("fraud")).info == {"timezone": "UTC"}


def test_times_are_in_seconds(config):
    found = config("drift_detection: {allowed_lateness_minutes: 10, idle_seconds: 7, pane_minutes: 1}").for_model(
        ModelId("m")
    )
    assert (found.allowed_lateness_s, found.idle_seconds, found.pane_seconds) == (600, 7, 60)


def test_a_reference_is_relative_to_the_file_that_names_it(config, tmp_path):
    text = "monitoring: {model_name: churn, reference_dataset: ./data/a.parquet}\n"
    assert config(text).for_model(ModelId("churn")).reference == tmp_path / "data/a.parquet"
    assert config(text).for_model(ModelId("fraud")).reference is None
    absolute = Path(tmp_path.anchor) / "b.mmref"
    text = f"monitoring: {{reference_dataset: '{absolute}'}}"
    assert config(text).for_model(ModelId("churn")).reference == absolute


class TestHash:
    def test_it_is_the_same_on_every_machine(self):
        """A change of this value makes new revisions of all past windows: it must be meant."""
        settings = load_config(None).for_model(ModelId("any"))
        assert settings.hash == "1807f217df24fd8406f8679df54d1ee818b2e3f8464cf5a3050640af9b0c6fe8"
        assert settings.evaluation.config_hash == settings.hash

    def test_it_does_not_depend_on_how_or_where_a_value_was_written(self, config):
        one = config("drift_detection: {window: 1d, prediction: {method: psi, threshold: 0.1}}")
        other = config("# by name\nmodels:\n  churn:\n    drift_detection:\n      window: '1d'\n")
        assert one.for_model(ModelId("churn")).hash == other.for_model(ModelId("churn")).hash

    @pytest.mark.parametrize("text", ["owner: me", "team: us", "alerting: {channels: [slack]}"])
    def test_it_leaves_out_what_changes_no_result(self, config, text):
        built_in = load_config(None).for_model(ModelId("churn"))
        assert config(f"defaults: {{{text}}}").for_model(ModelId("churn")).hash == built_in.hash

    @pytest.mark.parametrize(
        "text", ["timezone: Asia/Tokyo", "drift_detection: {window: 1d}", "drift_detection: {prediction: {method: js}}"]
    )
    def test_it_names_what_changes_a_result(self, config, text):
        built_in = load_config(None).for_model(ModelId("churn"))
        assert config(f"defaults: {{{text}}}").for_model(ModelId("churn")).hash != built_in.hash


def test_settings_cannot_be_changed():
    settings = load_config(None).for_model(ModelId("any"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.window = "1d"


def test_settings_of_a_model_are_merged_once():
    config = load_config(None)
    assert config.for_model(ModelId("a")) is config.for_model(ModelId("a"))


def test_the_memory_of_merged_settings_is_bounded(monkeypatch):
    config = load_config(None)
    monkeypatch.setattr(load, "MAX_REMEMBERED", 100)
    for number in range(250):
        config.for_model(ModelId(f"model {number}"))
    assert len(config._settings) <= 100


def test_what_is_rendered_is_a_file_with_the_same_settings(config, tmp_path):
    seed = Path(__file__).parents[1] / "data" / "seed_config.yaml"
    settings = load_config(seed).for_model(ModelId("churn_predictor_v3"))
    text = "".join(f"{line}  # {origin}\n" for line, origin in render(settings.effective))
    assert set(yaml.safe_load(text)) > {"monitoring", "drift_detection", "performance", "alerting", "owner"}
    again = config("defaults:\n" + "".join(f"  {line}\n" for line in text.splitlines())).for_model(ModelId("other"))
    assert again.hash == settings.hash
    assert {p: s.value for p, s in again.effective.items()} == {p: s.value for p, s in settings.effective.items()}


def test_declared_models_are_those_named_in_full(config):
    found = config("monitoring: {model_name: b}\nmodels: {a: {}, 'c*': {}, b: {}, 'd?': {}}")
    assert found.declared_models == ("b", "a")


def test_what_is_not_active_yet_is_named_per_section(config):
    found = config("defaults: {alerting: {channels: [a]}}\nmodels: {churn: {performance: {metrics: [f1, rmse]}}}")
    assert found.inactive == (
        "defaults.alerting: not active yet: no alert is sent",
        "models.churn.performance.metrics: not active yet: rmse",
    )


def test_without_a_file_nothing_is_inactive_and_nothing_exported():
    config = load_config(None)
    assert config.inactive == ()
    assert config.export.otlp is None
    assert config.retention.predictions_days == 7
