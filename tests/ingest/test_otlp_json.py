"""OTLP/HTTP JSON: ids in hex, names in camelCase, bounded, answered in JSON."""

import json
from contextlib import suppress

import httpx
import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import HttpServer
from model_monitoring_processor.ingest.otlp_json import MAX_JSON_BYTES, from_json
from tests.ingest import wire
from tests.ingest.sources.foreign import FLAT
from tests.ingest.stage import Stage

SPAN = {
    "traceId": "5B8EFFF798038103D269B633813FC60C",
    "spanId": "eee19b7ec3c1b174",
    "parentSpanId": "eee19b7ec3c1b173",
    "name": "predict",
    "startTimeUnixNano": str(wire.NOW),
    "endTimeUnixNano": wire.NOW,
    "links": [{"traceId": "5b8efff798038103d269b633813fc60d", "spanId": "eee19b7ec3c1b175"}],
    "attributes": [
        {"key": "ml.model.name", "value": {"stringValue": "fraud"}},
        {"key": "ml.feature.age", "value": {"intValue": "35"}},
    ],
    "notYetInvented": {"x": 1},
}


def spans(*found, scope="fraud-service"):
    return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": scope}, "spans": list(found)}]}]}


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path / "state", sources=FLAT)
    yield made
    made.close()


@pytest.fixture
def post(stage):
    """Send JSON (or text) to a path; gives the answer."""
    server = HttpServer(stage.intake, "127.0.0.1:0")
    url = f"http://127.0.0.1:{server.start()}/v1/"

    def send(signal, body, **headers):
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return httpx.post(
            url + signal, content=content, headers={"content-type": "application/json"} | headers, timeout=30
        )

    yield send
    server.stop(5)


def test_ids_are_hex_also_in_links():
    request = ExportTraceServiceRequest.FromString(from_json("traces", json.dumps(spans(SPAN)).encode()))
    (span,) = request.resource_spans[0].scope_spans[0].spans
    assert span.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    assert span.parent_span_id.hex() == "eee19b7ec3c1b173"
    assert span.links[0].span_id.hex() == "eee19b7ec3c1b175"


def test_bytes_stay_base64_so_that_our_own_events_travel_as_json_too(post, stage):
    request = MessageToDict(ExportLogsServiceRequest.FromString(wire.predictions()))
    assert post("logs", request).json() == {}
    assert stage.rows() == 3


def test_spans_in_json_are_the_same_rows_as_in_protobuf(post, stage):
    answer = post("traces", spans(SPAN), **{"content-type": "application/json; charset=utf-8"})
    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})
    stage.send(from_json("traces", json.dumps(spans(SPAN)).encode()), "traces")
    assert stage.rows() == 1


def test_points_are_counted(post, stage):
    request = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "x"}]}]}]}
    assert post("metrics", request).status_code == 200
    assert stage.counted["ml.processor.records.ignored", "no_source", "metrics"] == 1


def test_what_is_refused_is_told_in_json(post):
    bad = SPAN | {"attributes": SPAN["attributes"] + [{"key": "ml.feature.x", "value": {"bytesValue": "AA=="}}]}
    partial = post("traces", spans(bad)).json()["partialSuccess"]
    assert partial["rejectedSpans"] == "1"
    assert "column_type: source 'flat'" in partial["errorMessage"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "3",
        "{",
        '{"resourceSpans": 3}',
        b"\xff",
        "[" * 100_000,
        json.dumps(spans(SPAN | {"traceId": "abc"})),
        json.dumps(spans(SPAN | {"traceId": "zz" * 16})),
        json.dumps(spans(SPAN | {"spanId": "00"})),
        json.dumps(spans(SPAN | {"name": "\ud800"})),
        json.dumps(spans(SPAN | {"startTimeUnixNano": 1 << 70})),
    ],
)
def test_what_is_no_request_is_refused_for_good_and_told_in_json(post, stage, body):
    answer = post("traces", body)
    assert answer.status_code == 400
    assert "not an OTLP traces request in JSON" in answer.json()["message"]
    assert stage.counted["ml.processor.requests.failed", "malformed", "traces"] == 1


def test_json_has_a_limit_of_its_own(post):
    answer = post("traces", b" " * (MAX_JSON_BYTES + 1))
    assert (answer.status_code, str(MAX_JSON_BYTES) in answer.json()["message"]) == (413, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["5b8efff798038103", "NaN"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SPAN, "key", "value", "kvlistValue", "values", "arrayValue"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_no_json_does_anything_but_be_read_or_refused(value):
    for body in (value, spans(value), spans(SPAN | value if isinstance(value, dict) else SPAN)):
        with suppress(BadData):
            assert isinstance(from_json("traces", json.dumps(body).encode()), bytes)
