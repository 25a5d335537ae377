"""`sources`: what is wrong is said with its line, and presets are what they stand for."""

import pytest

from model_monitoring_processor.config import From, load_config
from model_monitoring_processor.errors import ConfigError


def loaded(tmp_path, text):
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return load_config(file).sources


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            "{preset: flt}",
            "sources.one.preset: expected 'flat', 'json' or 'kserve_v2', got 'flt'; did you mean 'flat'?",
        ),
        ("{preset: flat, modl: {}}", ":1:31: sources.one.modl: unknown key; did you mean 'model'?"),
        (
            "{preset: flat, features: {prefx: a}}",
            ":1:42: sources.one.features.prefx: unknown key; did you mean 'prefix'?",
        ),
        (
            "{preset: flat, match: {signal: metrics}}",
            "sources.one.match.signal: expected 'spans' or 'logs', got 'metrics'",
        ),
        (
            "{preset: flat, match: {attributes: {a: 1}}}",
            "expected text (in quotes where it looks like a number), got 1",
        ),
        ("{model: {}, features: {prefix: a}}", "sources.one.model: expected `attribute`, `constant` or both"),
        ("{features: {prefix: a}}", "sources.one: `model` is required"),
        ("{model: {constant: m}}", "sources.one: `features` or `outputs` is required"),
        ("{preset: flat, weight: a, probability: b}", "`weight` and `probability` say the same"),
        ("{preset: flat, label: a}", "`label` is for `kind: labels`"),
        ("{kind: labels, id: a}", "`label` is required for labels"),
        ("{kind: labels, label: a}", "labels name their prediction by `id` or by `trace_id`"),
        ("{kind: labels, label: a, id: b, trace_id: c}", "labels name their prediction by `id` or by `trace_id`"),
        ("", "sources.one: `model` is required"),
    ],
)
def test_a_mistake_is_named(tmp_path, section, message):
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, f"sources: {{one: {section}}}\n")
    assert message in str(error.value)


def test_a_preset_is_what_it_stands_for_and_what_is_written_wins(tmp_path):
    text = "sources: {one: {preset: flat, match: {scope: x}, model: {constant: m}}}"
    source = loaded(tmp_path, text)["one"]
    assert (source.match.scope, source.match.attributes) == ("x", {"ml.model.name": "*"})
    assert (source.model, source.features.prefix) == (From(constant="m"), "ml.feature.")


def test_sources_keep_the_order_of_the_file(tmp_path):
    text = "sources: {z: {preset: flat}, a: {preset: json}, m: {preset: kserve_v2}}"
    assert list(loaded(tmp_path, text)) == ["z", "a", "m"]


def test_without_sources_there_are_none(tmp_path):
    assert loaded(tmp_path, "sources:\n") == {}
    assert load_config(None).sources == {}
