"""`opentelemetry-instrument python serve.py`: a program that knows nothing of us, in a process of its own."""

import os
import pickle
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model_monitoring.instrument import SklearnInstrumentor

ROOT = Path(__file__).parents[3]
SERVE = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    model, rows = pickle.load(file)
for row in rows:
    model.predict_proba(row.reshape(1, -1))
model.predict(rows)
model.score(rows, [0] * len(rows))
print(*sorted(sys.modules))
"""


@pytest.fixture
def installed(tmp_path):
    """The entry points as pyproject.toml declares them, whatever was declared when the project was installed."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    folder = tmp_path / "otel_model_monitoring-999.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: otel-model-monitoring\nVersion: 999\n")
    lines = (f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in declared.items())
    (folder / "entry_points.txt").write_text("\n".join(lines))
    return tmp_path


def run(installed, sink, *command, **environment):
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "PYTEST_"))}
    own = {
        "PYTHONPATH": os.pathsep.join([str(installed), inherited.get("PYTHONPATH", "")]),
        "OTEL_SERVICE_NAME": "shop",
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "MODEL_MONITORING_EXIT_TIMEOUT": "20",
    }
    done = subprocess.run(
        [*command], env=inherited | own | environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def program(tmp_path, table):
    (tmp_path / "serve.py").write_text(SERVE)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(*table)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps((model, table[0])))
    return [sys.executable, str(tmp_path / "serve.py"), str(tmp_path / "model.pkl")]


INSTRUMENT = str(Path(sys.executable).with_name("opentelemetry-instrument"))


def test_every_row_is_counted_exactly_once_under_the_right_name(installed, sink, program):
    run(installed, sink, INSTRUMENT, *program)
    rows = sink.rows()
    assert len(rows) == 16
    assert set(rows.values()) == {1}
    counted = Counter()
    for event in sink.events():
        counted[event["ml.model.name"], event["ml.operation.name"]] += event["ml.batch.row_count"]
    assert counted == {("shop/Pipeline", "predict_proba"): 8, ("shop/Pipeline", "predict"): 8}
    names = [
        s.name for r in sink.parsed("/v1/traces") for t in r.resource_spans for c in t.scope_spans for s in c.spans
    ]
    assert names == ["predict shop/Pipeline"] * 9


def test_in_code_it_is_the_same(installed, sink, program, tmp_path):
    code = "from model_monitoring.instrument import instrument_all\ninstrument_all()\n"
    (tmp_path / "serve.py").write_text(code + SERVE)
    run(installed, sink, *program)
    assert set(sink.rows().values()) == {1}
    assert len(sink.rows()) == 16
    assert {event["ml.model.name"] for event in sink.events()} == {"shop/Pipeline"}


def test_a_program_without_models_imports_no_library(installed, sink, tmp_path):
    (tmp_path / "idle.py").write_text("import sys\nprint(*sys.modules)\n")
    loaded = run(installed, sink, INSTRUMENT, sys.executable, str(tmp_path / "idle.py")).split()
    assert "model_monitoring.instrument.sklearn" in loaded
    assert not {"sklearn", "xgboost", "lightgbm", "torch", "onnxruntime", "numpy"} & set(loaded)


def test_one_library_can_be_left_out(installed, sink, program):
    run(installed, sink, INSTRUMENT, *program, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="sklearn")
    assert sink.rows() == {}


def test_every_entry_point_loads():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
        "opentelemetry_instrumentor"
    ]
    from importlib.metadata import EntryPoint

    for name, value in declared.items():
        instrumentor = EntryPoint(name, value, "opentelemetry_instrumentor").load()()
        assert instrumentor.instrumentation_dependencies()
    assert isinstance(EntryPoint("sklearn", declared["sklearn"], "").load()(), SklearnInstrumentor)
