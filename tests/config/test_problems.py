"""What is wrong is named with file, line, column, key and what was expected; all of it at once."""

import pytest

from model_monitoring_processor.config import load_config
from model_monitoring_processor.errors import ConfigError


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """Lines of the error that a text gives, with the file called `config.yaml`."""
    monkeypatch.chdir(tmp_path)

    def _problems(text):
        from pathlib import Path

        file = Path("config.yaml")
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ConfigError) as error:
            load_config(file)
        return str(error.value).splitlines()

    return _problems


def test_an_unknown_key_names_its_place_and_the_nearest_known_key(problems):
    text = "monitoring:\n  model_name: churn\n\n\n\ndrift_detection:\n  featuers:\n    numerical: {}\n"
    assert problems(text) == ["config.yaml:7:3: drift_detection.featuers: unknown key; did you mean 'features'?"]


def test_an_unknown_key_that_is_near_to_none_lists_those_that_are_known(problems):
    assert problems("retention:\n  foo: 1\n") == [
        "config.yaml:2:3: retention.foo: unknown key; known here: predictions_days"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moonitoring: {}", "1:1: moonitoring: unknown key; did you mean 'monitoring'?"),
        ("models:\n  churn: {onwer: me}", "2:11: models.churn.onwer: unknown key; did you mean 'owner'?"),
        ("defaults: {drift_detection: {windw: 1h}}",
         "1:30: defaults.drift_detection.windw: unknown key; did you mean 'window'?"),
        ("alerting:\n  rules:\n    - {name: a, condition: b, sevrity: info}",
         "3:31: alerting.rules[0].sevrity: unknown key; did you mean 'severity'?"),
        ("performance:\n  alerting:\n  channels: []\n  rulse: []",
         "4:3: performance.rulse: unknown key; did you mean 'rules'?"),
        ("performance:\n  metrcs:", "2:3: performance.metrcs: unknown key; did you mean 'metrics'?"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_found_at_every_depth(problems, text, expected):
    assert problems(text) == [f"config.yaml:{expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monitoring: {model_name: 3}",
         "1:26: monitoring.model_name: expected text (in quotes where it looks like a number), got 3"),
        ("monitoring: {model_name: ''}", "1:26: monitoring.model_name: expected text that is not empty, got ''"),
        ("monitoring: {check_interval_minutes: '60'}",
         "1:38: monitoring.check_interval_minutes: expected a whole number, got '60'"),
        ("monitoring: {check_interval_minutes: 1.5}",
         "1:38: monitoring.check_interval_minutes: expected a whole number, got 1.5"),
        ("drift_detection: {pane_minutes: 7}",
         "1:33: drift_detection.pane_minutes: expected 1, 5, 15, 30 or 60, got 7"),
        ("drift_detection: {pane_minutes: true}",
         "1:33: drift_detection.pane_minutes: expected a whole number, got true"),
        ("drift_detection: {prediction: {method: psl}}",
         ("1:40: drift_detection.prediction.method: expected 'auto', 'ks_test', 'chi_squared', 'psi' or 'js', "
         "got 'psl'; did you mean 'psi'?")),
        ("drift_detection: {features: {numerical: {method: wasserstein}}}",
         ("1:50: drift_detection.features.numerical.method: 'wasserstein' is not built yet; "
         "use one of auto, ks_test, chi_squared, psi, js")),
        ("drift_detection: {features: {categorical: {method: ks_test}}}",
         ("1:52: drift_detection.features.categorical.method: expected 'auto', 'chi_squared', 'psi' or 'js', "
         "got 'ks_test'")),
        ("drift_detection: {features: {numerical: {threshold: -1}}}",
         "1:53: drift_detection.features.numerical.threshold: expected a number greater than 0, got -1"),
        ("drift_detection: {features: {numerical: {threshold: .nan}}}",
         "1:53: drift_detection.features.numerical.threshold: expected a finite number, got nan"),
        ("drift_detection: {features: {numerical: {threshold: 2}}}",
         ("1:41: drift_detection.features.numerical: threshold: expected a number between 0 and 1, got 2; "
         "only `method: psi`, written beside it, has larger ones")),
        ("drift_detection: {schedule: '61 * * * *'}",
         "1:29: drift_detection.schedule: expected a cron expression such as '0 * * * *', got '61 * * * *'"),
        ("defaults: {timezone: Mars}",
         "1:22: defaults.timezone: expected a time zone such as 'UTC' or 'Europe/Berlin', got 'Mars'"),
        ("defaults: {timezone: ../../etc/passwd}",
         "1:22: defaults.timezone: expected a time zone such as 'UTC' or 'Europe/Berlin', got '../../etc/passwd'"),
        ("performance: {window_size: 0}", "1:28: performance.window_size: expected 1 or more, got 0"),
        ("performance: {metrics: accuracy}", "1:24: performance.metrics: expected a list, got 'accuracy'"),
        ("performance: []", "1:14: performance: expected a section (keys and values), got a list"),
        ("export: {otlp: {protocol: grpc}}", "1:10: export.otlp.endpoint: is required"),
        ("export: {otlp: {endpoint: 'localhost:4317'}}",
         "1:27: export.otlp.endpoint: expected an address such as 'http://localhost:4317', got 'localhost:4317'"),
        ("alerting: {rules: [{name: a}]}", "1:20: alerting.rules[0].condition: is required"),
        ("models: [a]", "1:9: models: expected a section (keys and values), got a list"),
        ("- a", "1:1: expected a section (keys and values), got a list"),
        ("text", "1:1: expected a section (keys and values), got 'text'"),
        ("performance: {alerting: {}}\nalerting: {}", "1:15: performance.alerting: given twice; also in line 2"),
    ],
)  # fmt: skip
def test_a_wrong_value_says_what_was_expected(problems, text, expected):
    assert problems(text) == [f"config.yaml:{expected}"]


def test_all_problems_are_named_in_the_order_of_the_file(problems):
    text = "retention: {predictions_days: 0}\nmonitoring:\n  chek: 1\ndefaults: {timezone: 1}\n"
    assert [line.split(": ")[0] for line in problems(text)] == [
        "3 problems in the configuration", "config.yaml:1:31", "config.yaml:3:3", "config.yaml:4:22"
    ]  # fmt: skip


def test_a_version_that_yaml_takes_for_a_number_must_be_quoted(problems):
    """1.10 would be read as 1.1, and match another version."""
    assert problems("models: {churn: {version: 1.10}}") == [
        "config.yaml:1:27: models.churn.version: expected text (in quotes where it looks like a number), got 1.1"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2", "2:1: a: given twice; first in line 1"),
        ("models:\n  churn: {}\n  churn: {}", "3:3: models.churn: given twice; first in line 2"),
        ("a: [1", "1:6: not YAML: expected ',' or ']', but got '<stream end>'"),
        ("\tmonitoring: 1", "1:1: not YAML: found character '\\t' that cannot start any token"),
        ("a: 1\n---\nb: 2", "2:1: not YAML: but found another document"),
        ("a: *nobody", "1:4: not YAML: found undefined alias 'nobody'"),
        ("a: !!python/object/apply:os.system [ls]\nb: !!binary aGk=",
         "2:4: b: a value of this kind (tag:yaml.org,2002:binary) is not allowed here"),
        ("x: &x {a: 1}\ny: {<<: *x}", "2:5: y.<<: merging with '<<' is not supported; use `defaults:`"),
        ("? [a]\n: 1", "1:3: a key must be text"),
        ("x: " + "9" * 5000, "1:4: x: a value of this kind (tag:yaml.org,2002:int) is not allowed here"),
        ("a: &a [*a]", "1:4: nested too deeply"),
        ("[" * 5000, "1:1: nested too deeply"),
        ("a: &a [" + "x," * 20 + "]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [" + f"*{chr(97 + i)}," * 20 + "]\n" for i in range(6)
        ), "1:9: more than 50000 values (aliases count)"),
        (b"a: \xff\xfe", "not UTF-8 text (byte 3); save it as UTF-8"),
        (b"a: \x00", "1:1: not YAML: unacceptable character #x0000: special characters are not allowed"),
        (b"a: " + b"x" * (1 << 20), "larger than 1 MiB; is this the configuration file?"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_is_not_a_configuration_at_all_is_refused(problems, text, expected):
    (line,) = problems(text)
    separator = ":" if expected[0].isdigit() else ": "
    if "values (aliases" in expected:
        assert line.endswith("more than 50000 values (aliases count)")
    else:
        assert line == f"config.yaml{separator}{expected}"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.yaml: no such file"):
        load_config(tmp_path / "nowhere.yaml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_a_thousand_problems_are_counted_and_fifty_shown(problems):
    lines = problems("retention:\n" + "".join(f"  foo{i}: 1\n" for i in range(1000)))
    assert lines[0] == "1000 problems in the configuration"
    assert len(lines) == 52
    assert lines[-1] == "... and 950 more"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "monitoring:\ndefaults:\nmodels:\n  churn:\nexport:\n"])
def test_an_empty_file_or_section_means_the_built_in_settings(text, tmp_path):
    from model_monitoring_processor.types import ModelId

    file = tmp_path / "config.yaml"
    file.write_text(text)
    assert load_config(file).for_model(ModelId("churn")) == load_config(None).for_model(ModelId("churn"))


def test_aliases_are_allowed(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("defaults: {drift_detection: &d {window: 1d}}\ndrift_detection: *d\n")
    assert load_config(file).shape.drift_detection.window == "1d"
