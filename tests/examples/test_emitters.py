"""The programs of examples/emitters, built with their own tools, against a real processor."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.stack.running import get_json, running, wait_for
from tools.environment import CACHE, ROOT

pytestmark = pytest.mark.xdist_group("emitters")

EMITTERS = ROOT / "examples" / "emitters"
CONFIG = """\
sources:
  json: {preset: json, match: {scope: fraud-service, attributes: {ml.features: "*"}}}
  flat: {preset: flat, match: {scope: fraud-service}}
"""


@pytest.fixture(scope="module")
def processor(tmp_path_factory):
    """`model-monitoring serve`; gives where it listens."""
    folder = tmp_path_factory.mktemp("processor")
    (folder / "config.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "model_monitoring_processor.cli", "serve", "--config", str(folder / "config.yaml")]
    command += ["--state-dir", str(folder / "state"), "--otlp-grpc", "none"]
    command += ["--otlp-http", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    with running(command, folder / "processor.log"):
        yield wait_for("the processor is ready", lambda: get_json((folder / "state" / "endpoints.json").as_uri()))


def built(language, *command, runs_with=()):
    """A copy of an emitter in the cache, where its tools may build; what they fetch is fetched once."""
    # Go may be there for the Collector only, see tools/collector.py.
    path = os.pathsep.join([os.environ["PATH"], str(CACHE / "go" / "go" / "bin")])
    if missing := [tool for tool in (command[0], *runs_with) if not shutil.which(tool, path=path)]:
        pytest.skip(f"{missing[0]} is not on the PATH")
    folder = CACHE / "emitters" / language
    shutil.copytree(EMITTERS / language, folder, dirs_exist_ok=True)
    environment = os.environ | {"PATH": path}
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


def go():
    return [str(built("go", "go", "build", "-o", "emitter", ".") / "emitter")]


def javascript():
    install = ("npm", "install", "--no-package-lock", "--no-audit", "--prefer-offline")
    return ["node", str(built("javascript", *install, runs_with=["node"]) / "main.js")]


def java():
    build = ("mvn", "-q", "-B", "compile", "dependency:copy-dependencies", "-DoutputDirectory=target/jars")
    target = built("java", *build, runs_with=["java"]) / "target"
    return ["java", "-cp", os.pathsep.join([str(target / "classes"), str(target / "jars" / "*")]), "Main"]


@pytest.mark.parametrize("emitter", [go, javascript, java], ids=lambda emitter: emitter.__name__)
def test_a_dozen_predictions_arrive(processor, emitter):
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": processor["otlp_http"],
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    }
    sent = subprocess.run(
        emitter(), check=False, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )
    assert sent.returncode == 0, sent.stderr
    models = get_json(f"{processor['admin']}/api/models")["models"]
    assert [model["rows"] for model in models if model["name"] == f"fraud-{emitter.__name__}"] == [12]
