"""`reference build` never writes over what is not a reference."""

import pytest
from typer.testing import CliRunner

from model_monitoring_processor.cli.app import app


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("age,city\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(200)))
    return path


def build(data, out):
    return CliRunner().invoke(app, ["reference", "build", str(data), "--model", "churn", "--out", str(out)])


def test_the_training_data_is_not_overwritten(data):
    before = data.read_bytes()
    result = build(data, data)
    assert result.exit_code != 0
    assert data.read_bytes() == before


def test_an_older_reference_is(data, tmp_path):
    out = tmp_path / "churn.mmref"
    assert build(data, out).exit_code == 0
    assert build(data, out).exit_code == 0


def test_a_folder_that_is_not_there_is_named(data, tmp_path, capfd):
    result = build(data, tmp_path / "nowhere" / "churn.mmref")
    assert result.exit_code != 0
    assert "nowhere" in "".join((result.output, *capfd.readouterr()))
