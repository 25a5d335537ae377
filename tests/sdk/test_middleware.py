"""The id of a prediction, from the caller's request to the answer: header, baggage, ASGI and WSGI."""

import asyncio
from wsgiref.util import setup_testing_defaults

import pytest
from opentelemetry import baggage, context
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from model_monitoring import last_prediction_id, monitor_model
from model_monitoring.middleware import HEADER, PredictionIdMiddleware, PredictionIdMiddlewareWSGI
from model_monitoring.testing import capture


@monitor_model(name="churn")
def predict(row):
    return 0.5


@monitor_model(name="keyed", prediction_id="key")
def keyed(row, key):
    return 0.5


def direct(request):
    predict([1.0])
    return PlainTextResponse(last_prediction_id())


async def in_a_task(request):
    await asyncio.create_task(asyncio.to_thread(predict, [1.0]))
    await run_in_threadpool(predict, [2.0])
    return PlainTextResponse("")


def odd(request):
    keyed([1.0], "a\r\nset-cookie: x=ü")
    return PlainTextResponse("")


def nothing(request):
    return PlainTextResponse("")


def client(**options):
    routes = [Route("/direct", direct), Route("/task", in_a_task), Route("/odd", odd), Route("/nothing", nothing)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(PredictionIdMiddleware, **options)]))


@pytest.fixture
def telemetry():
    with capture(spans=False) as caught:
        yield caught


def sent(telemetry):
    return [key for event in telemetry.events() for key in event["ml.prediction.ids"]]


def test_the_answer_tells_the_id(telemetry):
    answer = client().get("/direct")
    assert answer.headers[HEADER] == answer.text == sent(telemetry)[0]


def test_predictions_in_threads_and_tasks_of_the_request_are_known(telemetry):
    answer = client().get("/task")
    assert answer.headers[HEADER] == sent(telemetry)[-1]


def test_an_answer_without_prediction_has_no_header(telemetry):
    client().get("/direct")
    assert HEADER not in client().get("/nothing").headers


def test_the_callers_id_is_that_of_the_first_prediction(telemetry):
    client().get("/task", headers={HEADER: "order-7"})
    first, second = sent(telemetry)
    assert first == "order-7"
    assert second != "order-7"


def test_ids_of_strangers_may_be_refused(telemetry):
    answer = client(accept=False).get("/direct", headers={HEADER: "order-7"})
    assert answer.headers[HEADER] == sent(telemetry)[0] != "order-7"


def test_an_id_cannot_break_the_header(telemetry):
    assert client().get("/odd").headers[HEADER] == "a%0D%0Aset-cookie:%20x=%C3%BC"


def test_wsgi_does_the_same(telemetry):
    def application(environ, start_response):
        predict([1.0])
        start_response("200 OK", [])
        return [b""]

    environ = {"HTTP_X_PREDICTION_ID": "order-8"}
    setup_testing_defaults(environ)
    headers = {}
    PredictionIdMiddlewareWSGI(application)(environ, lambda status, given: headers.update(given))
    assert headers == {HEADER: "order-8"}
    assert sent(telemetry) == ["order-8"]


def test_baggage_brings_an_id_for_one_row_and_only_once(telemetry):
    token = context.attach(baggage.set_baggage("ml.prediction.id", "order-9"))
    try:
        predict([[1.0], [2.0]])
        predict([1.0])
        predict([1.0])
    finally:
        context.detach(token)
    assert sent(telemetry).count("order-9") == 1
    assert sent(telemetry)[2] == "order-9"


def test_what_is_no_http_request_passes(telemetry):
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(PredictionIdMiddleware(application)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
