"""`sources check`."""

import json
from pathlib import Path

import pytest

SPANS = Path(__file__).parents[1] / "data" / "otlp" / "javascript.json"


@pytest.fixture
def config(tmp_path):
    def write(text):
        file = tmp_path / "config.yaml"
        file.write_text(f"sources: {{{text}}}")
        return file

    return write


@pytest.fixture
def capture(tmp_path):
    def write(*lines):
        file = tmp_path / "captured.jsonl"
        file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
        return file

    return write


def test_what_would_be_read_is_shown(run, config, capture):
    result = run("sources", "check", capture(SPANS.read_text(), ""), "--config", config("mine: {preset: json}"))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "source mine: 12 records",
        "model fraud-javascript, version -, environment -: 12 rows",
        "  features: age (numbers), country (text)",
        "  outputs: score (numbers)",
    ]


def test_what_no_source_takes_is_shown_with_the_first_of_it(run, config, capture):
    own = SPANS.read_text().replace("fraud-service", "model_monitoring")
    file = capture(SPANS.read_text(), own)
    result = run("sources", "check", file, "--config", config("mine: {preset: flat, match: {scope: other}}"))
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "ignored, no_source: 12",
        "  'predict' of scope 'fraud-service'",
        "ignored, own_scope: 12",
        "  'predict' of scope 'model_monitoring'",
    ]
    assert "no source takes anything" in result.stderr


def test_what_cannot_be_read_is_shown_with_why(run, config, capture):
    sampled = SPANS.read_text().replace('"kind":1', '"kind":1,"traceState":"ot=th:c"')
    broken = sampled.replace('{\\"age\\":20', "{age:20")
    file = capture(broken, "{}", {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "x"}]}]}]})
    result = run("sources", "check", file, "--config", config("mine: {preset: json, sampling: tail}"))
    assert result.exit_code == 4
    lines = result.stdout.splitlines()
    assert "  sampled: they stand for 44 rows" in lines
    assert "  biased: 11 rows are of a tail-sampled source and never alert" in lines
    assert "refused, json: 1" in lines
    assert any(line.startswith("  source 'mine': ml.features is not JSON") for line in lines)
    assert "lines that cannot be read, malformed: 1" in lines
    assert "  line 2: holds neither resourceSpans nor resourceLogs" in lines


def test_a_terminal_is_given_no_control_characters(run, config, capture):
    file = capture(SPANS.read_text().replace("fraud-service", "\\u001b[31m[red]"))
    result = run("sources", "check", file, "--config", config("mine: {preset: flat, match: {name: other}}"))
    assert "\x1b" not in result.stdout
    assert "[red]" in result.stdout


def test_a_line_of_any_length_costs_no_more_than_the_limit(run, config, capture):
    file = capture("x" * ((4 << 20) + 10), SPANS.read_text())
    result = run("sources", "check", file, "--config", config("mine: {preset: json}"))
    assert result.exit_code == 4
    assert "source mine: 12 records" in result.stdout
    assert "  line 1: longer than 4194304 bytes" in result.stdout


def test_without_sources_there_is_nothing_to_check(run):
    result = run("sources", "check", SPANS)
    assert result.exit_code == 2
    assert "no `sources`" in result.stderr


def test_a_file_that_is_not_there(run, config, tmp_path):
    result = run("sources", "check", tmp_path / "none", "--config", config("mine: {preset: json}"))
    assert result.exit_code == 2
    assert "No such file" in result.stderr
