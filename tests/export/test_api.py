"""The JSON API: what it answers, what it refuses, and that no answer can harm the page."""

import json

import httpx
import pytest

from model_monitoring_processor.export.answers import SECURITY_HEADERS
from model_monitoring_processor.export.api import create_app
from tests.export.fake_monitor import FLIGHTS, FakeMonitor

IDENTITY = dict(zip(("name", "version", "environment"), FLIGHTS, strict=True))
CELL = {"window": "2013-07", "role": "feature", "column": "temp"}


class Client:
    """Asks the application without a socket."""

    def __init__(self, monitor, ready=(True, "ready")):
        self.app = create_app(monitor, lambda _: (b"ml_up 1\n", "text/plain; version=1.0.0"), lambda: ready)

    async def ask(self, path, method="GET", params=None, headers=None):
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, params=params, headers=headers)

    def get(self, path, **more):
        import asyncio

        return asyncio.run(self.ask(path, **more))


@pytest.fixture
def client(monitor):
    return Client(monitor)


def test_models_lists_every_model_and_the_software(client, monitor):
    answer = client.get("/api/models").json()
    assert answer["models"] == monitor.models()
    assert answer["total"] == 3
    assert set(answer) == {"models", "total", "software"}


def test_windows_are_those_of_the_model_asked_for_oldest_first(client):
    answer = client.get("/api/windows", params=IDENTITY).json()
    assert answer["model"] == IDENTITY
    assert [each["window"]["name"] for each in answer["windows"]] == [f"2013-{month:02}" for month in range(3, 13)]
    assert [each["closed"] for each in answer["windows"]] == [True] * 9 + [False]


def test_limit_keeps_the_newest_windows(client):
    answer = client.get("/api/windows", params={**IDENTITY, "limit": 2}).json()
    assert [each["window"]["name"] for each in answer["windows"]] == ["2013-11", "2013-12"]


def test_an_answer_is_bounded_even_where_the_monitor_is_not(monitor):
    monitor.windows = lambda *_: [{"window": {"name": str(i)}} for i in range(2000)]
    answer = Client(monitor).get("/api/windows", params={**IDENTITY, "limit": 500}).json()
    assert len(answer["windows"]) == 500


def test_distribution_holds_both_shares_of_every_cell(client):
    answer = client.get("/api/distribution", params={**IDENTITY, **CELL}).json()
    assert answer["column"] == "temp"
    assert sum(cell["reference"] for cell in answer["cells"]) == pytest.approx(1)
    assert sum(cell["current"] for cell in answer["cells"]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("path", "params", "says"),
    [
        ("/api/windows", {}, "'name' is required"),
        ("/api/windows", {**IDENTITY, "limit": "0"}, "from 1 to 500"),
        ("/api/windows", {**IDENTITY, "limit": "501"}, "from 1 to 500"),
        ("/api/windows", {**IDENTITY, "limit": "-1"}, "from 1 to 500"),
        ("/api/windows", {**IDENTITY, "limit": "ten"}, "from 1 to 500"),
        ("/api/windows", {**IDENTITY, "limit": "²"}, "from 1 to 500"),
        ("/api/windows", {**IDENTITY, "limit": "1000"}, "longer than 3"),
        ("/api/windows", {**IDENTITY, "windw": "1h"}, "unknown parameter 'windw'; known here: name"),
        ("/api/windows", {"name": ["a", "b"]}, "more than once"),
        ("/api/windows", {"name": "x" * 257}, "longer than 256"),
        ("/api/distribution", {**IDENTITY, "window": "2013-07", "role": "feature"}, "'column' is required"),
        ("/api/distribution", {**IDENTITY, **CELL, "role": "label"}, "feature or output, not 'label'"),
        ("/api/distribution", {**IDENTITY, **CELL, "column": "x" * 16_385}, "longer than 16384"),
        ("/api/models", {"name": "x"}, "takes no parameters"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(client, path, params, says):
    answer = client.get(path, params=params)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_an_unknown_model_is_answered_with_those_that_exist(client):
    answer = client.get("/api/windows", params={"name": "flights_dealy"})
    assert answer.status_code == 404
    assert "flights_dealy" in answer.json()["error"]
    assert IDENTITY in answer.json()["models"]


def test_an_unknown_model_where_there_is_none_at_all():
    answer = Client(FakeMonitor()).get("/api/windows", params={"name": "x"})
    assert answer.status_code == 404
    assert "no model has sent predictions yet" in answer.json()["error"]


@pytest.mark.parametrize("wrong", [{"window": "1999-01"}, {"column": "nope"}, {"role": "output"}])
def test_an_unknown_window_or_column_says_where_to_look(client, wrong):
    answer = client.get("/api/distribution", params={**IDENTITY, **CELL, **wrong})
    assert answer.status_code == 404
    assert "/api/windows lists what there is" in answer.json()["error"]


def test_an_unknown_path_says_what_there_is(client):
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert "/api/models" in answer.json()["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/api/models", "/metrics", "/readyz"])
def test_everything_is_read_only(client, path, method):
    answer = client.get(path, method=method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "use GET" in answer.json()["error"]


def test_a_figure_that_is_not_finite_becomes_null(client, monitor):
    monitor.entries[FLIGHTS]["accuracy"] = float("nan")
    monitor.entries[FLIGHTS]["info"] = {"deep": [float("inf"), (1.5, float("-inf"))]}
    text = client.get("/api/models").text
    entry = json.loads(text, parse_constant=pytest.fail)["models"][0]
    assert entry["accuracy"] is None
    assert entry["info"] == {"deep": [None, [1.5, None]]}


def test_a_lone_surrogate_in_a_name_does_not_break_the_answer(client, monitor):
    monitor.entries[FLIGHTS]["info"] = {"owner": "\ud800"}
    assert client.get("/api/models").json()["models"][0]["info"] == {"owner": "\ud800"}


@pytest.mark.parametrize(
    "path", ["/", "/static/app.js", "/metrics", "/healthz", "/readyz", "/api/models", "/api/windows", "/nothing"]
)
def test_every_answer_carries_the_security_headers_and_none_lets_another_site_in(client, path):
    headers = client.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert {key: headers.get(key) for key in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "default-src 'self'" in headers["content-security-policy"]
    assert not [key for key in headers if key.startswith("access-control-")]


def test_an_error_of_ours_is_json_with_the_same_headers_and_without_its_text(monitor):
    def broken():
        raise RuntimeError("secret path")

    monitor.models = broken
    answer = Client(monitor).get("/api/models")
    assert answer.status_code == 500
    assert answer.json() == {"error": "internal error; the processor's log says more"}
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_unchanged_answer_is_not_sent_again(client, monitor):
    first = client.get("/api/models")
    again = client.get("/api/models", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    monitor.entries[FLIGHTS]["rows"] += 1
    assert client.get("/api/models", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_metrics_are_passed_on_as_they_are(client):
    answer = client.get("/metrics")
    assert answer.content == b"ml_up 1\n"
    assert answer.headers["content-type"] == "text/plain; version=1.0.0"


@pytest.mark.parametrize(("ready", "status"), [((True, "ready"), 200), ((False, "state folder not open yet"), 503)])
def test_readyz_says_whether_and_why(monitor, ready, status):
    answer = Client(monitor, ready).get("/readyz")
    assert (answer.status_code, answer.text) == (status, ready[1] + "\n")


def test_healthz_answers_whatever_the_rest_does(monitor):
    assert Client(monitor, (False, "starting")).get("/healthz").status_code == 200
