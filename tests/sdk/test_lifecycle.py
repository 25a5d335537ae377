"""The ways a process doubles and ends, each tried for real: what arrives, and what is lost where that cannot be helped.

A child predicts and ends at once, so nothing but its end can have delivered its rows.
"""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import model_monitoring

SDK = str(Path(model_monitoring.__file__).parents[1])
PARENT, CHILD = 3, 5

PROGRAM = '''
import os, pathlib, signal, sys, time
from model_monitoring import _runtime, monitor_model

@monitor_model(name="m")
def predict(row):
    return 1.0

def work(end, told):
    """What a child does: predict, tell what is pending, end."""
    for _ in range({child}):
        predict([1.0])
    pathlib.Path(told + "~").write_text(str(_runtime.current().pending()))
    os.rename(told + "~", told)
    if end == "os._exit":
        os._exit(0)
    if end == "sigterm":
        time.sleep(60)

def main(start, end, told):
    for _ in range({parent}):
        predict([1.0])
    if start == "os.fork":
        pid = os.fork()
        if pid == 0:
            work(end, told)
            return
        finish = lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    else:
        if start == "billiard":
            import billiard as multiprocessing
            context = multiprocessing.get_context("fork")
        else:
            import multiprocessing
            context = multiprocessing.get_context(start)
        process = context.Process(target=work, args=(end, told))
        process.start()
        pid = process.pid
        finish = lambda: (process.join(), process.exitcode)[1]
    while not os.path.exists(told):
        time.sleep(0.01)
    pending = pathlib.Path(told).read_text()
    if end == "sigterm":
        os.kill(pid, signal.SIGTERM)
    print(pending, finish(), flush=True)

if __name__ == "__main__":
    main(*sys.argv[1:])
'''

STARTS = ["os.fork", "fork", "billiard"]


def run(tmp_path, start, end, **environment):
    """Run the program; what was pending in the child before its end, and its exit code."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("{child}", str(CHILD)).replace("{parent}", str(PARENT)))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", program, start, end, tmp_path / "pending"],
        env=inherited | {"PYTHONPATH": SDK, "MODEL_MONITORING_EXIT_TIMEOUT": "20"} | environment,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pending, code = map(int, done.stdout.split())
    return pending, code


def arrived(sink):
    rows = sink.rows()
    assert set(rows.values()) <= {1}, "a row arrived twice"
    return len(rows)


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.parametrize("start", [*STARTS, "spawn"])
def test_every_row_arrives_when_a_child_exits(sink, tmp_path, start):
    _, code = run(tmp_path, start, "exit")
    assert code == 0
    assert arrived(sink) == PARENT + CHILD


@pytest.mark.parametrize("start", [*STARTS, "spawn"])
def test_every_row_arrives_when_sigterm_ends_a_child_with_our_hook(sink, tmp_path, start):
    _, code = run(tmp_path, start, "sigterm", MODEL_MONITORING_FLUSH_ON_SIGTERM="true")
    assert code == -signal.SIGTERM, "the signal has taken its course"
    assert arrived(sink) == PARENT + CHILD


@pytest.mark.parametrize("start", [*STARTS, "spawn"])
@pytest.mark.parametrize("end", ["sigterm", "os._exit"])
def test_without_a_hook_a_child_loses_what_is_pending_and_no_more(sink, tmp_path, start, end):
    pending, code = run(tmp_path, start, end)
    assert code == (-signal.SIGTERM if end == "sigterm" else 0)
    assert PARENT + CHILD - pending <= arrived(sink) <= PARENT + CHILD


def test_a_handler_that_was_there_is_called_after_the_flush(sink, tmp_path):
    program = tmp_path / "handler.py"
    program.write_text(
        "import os, signal, sys, time\n"
        "from model_monitoring import _runtime, flush_on_sigterm, monitor_model\n"
        "predict = monitor_model(name='m')(lambda row: 1.0)\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print(_runtime.current().pending(), flush=True), os._exit(7)))\n"
        "assert flush_on_sigterm() and flush_on_sigterm()\n"
        "predict([1.0])\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=60, check=False,
                          env=os.environ | {"PYTHONPATH": SDK, "MODEL_MONITORING_EXIT_TIMEOUT": "20"})  # fmt: skip
    assert (done.returncode, done.stdout) == (7, "0\n"), done.stderr
    assert arrived(sink) == 1


SERVICES = {
    "gunicorn": """
def application(environ, start_response):
    predict([1.0])
    start_response('200 OK', [('content-type', 'text/plain')])
    return [b'']
""",
    "uvicorn": """
async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        for told in ('startup', 'shutdown'):
            await receive()
            await send({'type': f'lifespan.{told}.complete'})
        return
    predict([1.0])
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b''})
""",
    "uvicorn with the middleware": """
from starlette.applications import Starlette
from starlette.responses import Response
from model_monitoring.middleware import PredictionIdMiddleware
application = Starlette()
application.add_route('/', lambda request: predict([1.0]) and Response())
application.add_middleware(PredictionIdMiddleware)
""",
}
COMMANDS = {"gunicorn": ["gunicorn", "--preload", "--workers=4", "--bind"], "uvicorn": ["uvicorn", "--workers=2"]}


@pytest.mark.parametrize(
    ("service", "hook"), [("gunicorn", ""), ("uvicorn", "true"), ("uvicorn with the middleware", "")]
)
def test_a_server_that_is_stopped_has_delivered_every_row(sink, tmp_path, service, hook):
    """Models are loaded, and used once, before gunicorn forks; each worker is a process with rows of its own."""
    imports = "from model_monitoring import monitor_model\npredict = monitor_model(name='m')(lambda row: 1.0)\n"
    (tmp_path / "service.py").write_text(imports + "predict([0.0])\n" + SERVICES[service])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kind = service.partition(" ")[0]
    where = [f"127.0.0.1:{port}"] if kind == "gunicorn" else [f"--port={port}"]
    server = subprocess.Popen(
        [sys.executable, "-m", *COMMANDS[kind], *where, "service:application"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": SDK, "MODEL_MONITORING_EXIT_TIMEOUT": "20",
                          "MODEL_MONITORING_FLUSH_ON_SIGTERM": hook},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    workers = 0
    try:
        for line in server.stderr:
            workers += "Application startup complete" in line
            if "Booting worker" in line or workers == 2:
                break
        for _ in range(40):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).read()
    finally:
        server.send_signal(signal.SIGTERM)
        told = server.communicate(timeout=60)[1]
    assert arrived(sink) == 40 + (1 if kind == "gunicorn" else workers), told
