"""`models` asks a running processor, or reads the folder of one that is not running."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

MODEL = {
    "name": "churn", "version": "3", "environment": "", "reference": None, "rows": 12345,
    "last_prediction": 1362096000.0, "window": "1h", "verdict": "drifted", "drifted": ["age", "[red]plan"],
    "labelled": 0, "accuracy": None, "pending": False, "info": {},
}  # fmt: skip


@pytest.fixture
def processor():
    """A server that answers what it is given; its address."""
    servers = []

    def _start(body, status=200):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/api/models" else 404)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield _start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_lists_what_a_running_processor_has_seen(run, processor):
    result = run("models", "--url", processor(json.dumps({"models": [MODEL]}).encode()))
    assert result.exit_code == 0
    header, row = result.stdout.splitlines()
    assert header.split()[:4] == ["MODEL", "VERSION", "ENVIRONMENT", "ROWS"]
    assert row.split()[:4] == ["churn", "3", "-", "12,345"]
    assert "2013-03-01 00:00:00Z" in row
    assert "age, [red]plan" in row


def test_it_prints_json(run, processor):
    result = run("models", "--json", "--url", processor(json.dumps({"models": [MODEL]}).encode()) + "/")
    assert json.loads(result.stdout) == [MODEL]


def test_control_characters_of_a_hostile_name_do_not_reach_the_terminal(run, processor):
    body = json.dumps({"models": [{**MODEL, "name": "a\x1b[31mb\nc"}]}).encode()
    result = run("models", "--url", processor(body))
    assert "\x1b" not in result.stdout
    assert "a?[31mb?c" in result.stdout


def test_no_model_yet_says_what_to_do(run, processor):
    result = run("models", "--url", processor(b'{"models": []}'))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no model has been seen yet" in result.stderr


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"models": 3}', b'{"models": [3]}', b"\xff"])
def test_something_else_on_the_port_is_told_apart(run, processor, body):
    result = run("models", "--url", processor(body))
    assert result.exit_code == 2
    assert "did not answer as a processor does" in result.stderr


def test_an_http_error_is_told(run, processor):
    result = run("models", "--url", processor(b"", 503))
    assert result.exit_code == 2
    assert "answered 503" in result.stderr


def test_no_processor_says_what_to_do(run):
    result = run("models", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 2
    assert "no processor answers at http://127.0.0.1:1" in result.stderr
    assert "model-monitoring serve" in result.stderr


def test_only_http_is_asked(run):
    assert run("models", "--url", "file:///etc/passwd").exit_code == 2


def test_a_folder_without_state_is_refused_and_left_alone(run, tmp_path):
    result = run("models", "--state-dir", tmp_path / "nothing")
    assert result.exit_code == 2
    assert "holds no state of a processor" in result.stderr
    assert not (tmp_path / "nothing").exists()


def test_it_reads_the_folder_of_a_processor_that_is_not_running(run, tmp_path):
    from model_monitoring_processor.store import StateFolder

    with StateFolder(tmp_path / "state"):
        held = run("models", "--state-dir", tmp_path / "state")
    assert held.exit_code == 2
    assert "in use by process" in held.stderr
    assert run("models", "--state-dir", tmp_path / "state", "--json").stdout == "[]\n"
