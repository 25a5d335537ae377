"""What `serve` and `demo` hand to the service: everything that was said, nothing else."""

import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

from model_monitoring_processor.config import Address, DemoOptions, ServeOptions


@pytest.fixture
def called(monkeypatch):
    """The options that the service or the demo was called with; both return 0 at once."""
    seen = []

    def remember(options):
        seen.append(options)
        return 0

    service, demo = ModuleType("run"), ModuleType("demo")
    service.run = remember
    demo.run_demo = remember
    monkeypatch.setitem(sys.modules, "model_monitoring_processor.service.run", service)
    monkeypatch.setitem(sys.modules, "model_monitoring_processor.demo", demo)
    return seen


def test_serve_needs_nothing(run, called, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    result = run("serve")
    assert result.exit_code == 0
    assert called == [ServeOptions(state_dir=tmp_path / "model-monitoring")]
    assert str(tmp_path / "model-monitoring") in result.stderr


def test_serve_takes_all_options(run, called):
    run("serve", "--config", "c.yaml", "--reference", "a.mmref", "--reference", "b.mmref", "--otlp-grpc", "none",
        "--otlp-http", "[::1]:0", "--admin", "0.0.0.0:80", "--state-dir", "s")  # fmt: skip
    assert called == [
        ServeOptions(
            state_dir=Path("s"),
            config_path=Path("c.yaml"),
            references=(Path("a.mmref"), Path("b.mmref")),
            otlp_grpc=None,
            otlp_http=Address("::1", 0),
            admin=Address("0.0.0.0", 80),
        )
    ]


@pytest.mark.parametrize("option", ["--otlp-grpc", "--otlp-http", "--admin"])
def test_an_address_that_is_none_is_refused_with_the_option(run, called, option):
    result = run("serve", option, "4317")
    assert result.exit_code == 2
    assert option in result.stderr
    assert "HOST:PORT" in result.stderr
    assert called == []


def test_demo_takes_all_options(run, called):
    run("demo", "--exit", "--json", "v.json", "--admin", "127.0.0.1:1234", "--state-dir", "s")
    assert called == [
        DemoOptions(
            exit_when_done=True, json_path=Path("v.json"), admin=Address("127.0.0.1", 1234), state_dir=Path("s")
        )
    ]


def test_demo_takes_a_free_port_where_the_usual_one_is_taken_and_says_so(run, called, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr("model_monitoring_processor.config.options.ADMIN", Address(*taken.getsockname()))
        result = run("demo")
        assert called == [DemoOptions()]
        assert f"port {taken.getsockname()[1]} is taken" in result.stderr


def test_demo_needs_its_page(run, called):
    assert run("demo", "--admin", "none").exit_code == 2
    assert called == []


def test_the_exit_code_is_that_of_the_demo(run, monkeypatch, called):
    sys.modules["model_monitoring_processor.demo"].run_demo = lambda _options: 3
    assert run("demo").exit_code == 3
