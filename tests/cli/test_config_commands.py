"""`config check | explain | schema`."""

import json
from pathlib import Path

import pytest
import yaml

SEED = Path(__file__).parents[1] / "data" / "seed_config.yaml"


def test_check_says_ok_and_what_is_not_active_yet(run):
    result = run("config", "check", SEED)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"{SEED}: OK"
    assert "  alerting: not active yet: no alert is sent" in result.stdout.splitlines()
    assert "training_reference.parquet does not exist" in result.stderr


def test_check_names_every_problem(run_process, tmp_path):
    (tmp_path / "config.yaml").write_text("retention: {predictions_days: x}\nmodles: {}\n")
    result = run_process("config", "check", "config.yaml")
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        "error: 2 problems in the configuration",
        "config.yaml:1:31: retention.predictions_days: expected a whole number, got 'x'",
        "config.yaml:2:1: modles: unknown key; did you mean 'models'?",
    ]


def test_explain_names_the_origin_of_every_value(run):
    result = run("config", "explain", "churn_predictor_v3", "--config", SEED)
    assert result.exit_code == 0
    lines = {" ".join(line.split()) for line in result.stdout.splitlines()}
    assert "method: ks_test # top level (seed_config.yaml:9)" in lines
    assert "pane_minutes: 5 # built-in" in lines
    assert "window: 1h # check_interval_minutes: top level (seed_config.yaml:4)" in lines


def test_explain_prints_a_configuration(run):
    explained = yaml.safe_load(run("config", "explain", "churn_predictor_v3", "--config", SEED).stdout)
    assert explained["drift_detection"]["prediction"] == {"method": "psi", "threshold": 0.1}


@pytest.mark.parametrize(
    ("options", "owner"),
    [((), "null"), (("--version", "2.1"), "two"), (("--version", "1.0", "--environment", "production"), "prod")],
)
def test_explain_takes_version_and_environment(run, tmp_path, options, owner):
    file = tmp_path / "config.yaml"
    file.write_text("models: {'c*': {version: '2.*', owner: two}, churn: {environment: production, owner: prod}}")
    assert f"owner: {owner} " in run("config", "explain", "churn", "--config", file, *options).stdout


def test_explain_without_a_file_shows_the_built_in_settings(run):
    result = run("config", "explain", "any")
    assert result.exit_code == 0
    assert result.stdout.count("# built-in") > 20


def test_schema_is_a_json_schema_that_knows_all_forms_of_alerting(run):
    schema = json.loads(run("config", "schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    performance = schema["$defs"]["PerformanceSection"]["properties"]
    assert {"alerting", "channels", "rules", "window_size"} <= performance.keys()
    assert schema["additionalProperties"] is False
