"""Which answer each request gets, over both transports: only bad data may be refused for good."""

import gzip
import sqlite3
import threading
import zlib

import pytest
from grpc import StatusCode
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from model_monitoring_processor.ingest.limits import MAX_BODY_BYTES
from tests.ingest import wire
from tests.ingest.doors import Http, serving
from tests.ingest.stage import Gate, Stage

OK = {"grpc": StatusCode.OK, "http": 200}
BAD = {"grpc": StatusCode.INVALID_ARGUMENT, "http": 400}
LATER = {"grpc": StatusCode.UNAVAILABLE, "http": 503}
OVERLOADED = {"grpc": StatusCode.UNAVAILABLE, "http": 429}
TOO_LARGE = {"grpc": StatusCode.RESOURCE_EXHAUSTED, "http": 413}

BOMB = bytes(8 * MAX_BODY_BYTES)


@pytest.fixture
def doors(stage):
    with serving(stage) as clients:
        yield {client.name: client for client in clients}


@pytest.fixture(params=["grpc", "http"])
def door(request, doors):
    return doors[request.param]


@pytest.fixture
def http(doors):
    return doors["http"]


def reply(answer):
    return ExportLogsServiceResponse.FromString(answer.body).partial_success


def assert_alive(door, stage):
    """The next good request is stored."""
    before = stage.rows()
    assert door.send(wire.predictions(batch_id="alive")).status == OK[door.name]
    assert stage.rows() == before + 3


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_stored_is_acknowledged(door, stage, packed):
    answer = door.send(wire.predictions(), packed=packed)
    assert (answer.status, answer.body) == (OK[door.name], b"")
    assert stage.rows() == 3


def test_an_acknowledgement_comes_after_the_commit(door, stage, monkeypatch):
    gate = Gate(stage, monkeypatch)
    answers = []
    client = threading.Thread(target=lambda: answers.append(door.send(wire.predictions())))
    client.start()
    assert gate.reached.wait(10)
    assert answers == []
    gate.open()
    client.join(10)
    assert answers[0].status == OK[door.name]


def test_what_is_not_protobuf_is_refused_for_good(door, stage):
    answer = door.send(b"\xffnot protobuf")
    assert answer.status == BAD[door.name]
    assert "not an OTLP logs request" in answer.message
    assert stage.counted["ml.processor.requests.failed", "malformed", "logs"] == 1
    assert_alive(door, stage)


def test_a_bad_record_is_told_and_the_others_are_stored(door, stage):
    changes = [{}, {"ml__features": {"age": b"?"}}, {"ml__wire__version": "9"}, {"ml__batch__row_count": 0}, {}]
    records = [
        wire.record("ml.prediction.batch", wire.prediction(batch_id=str(number), **change))
        for number, change in enumerate([*changes, {"ml__model__name": ""}])
    ]
    answer = door.send(wire.request(*records))
    assert answer.status == OK[door.name]
    assert stage.rows() == 6
    assert reply(answer).rejected_log_records == 4
    message = reply(answer).error_message
    assert [reason in message for reason in ("column_length", "wire_version", "row_count", "model_name")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_some_bad_rows_are_told_and_no_record_is_said_to_be_rejected(door):
    answer = door.send(wire.predictions({"age": [1.0, 2.0]}, times=[wire.NOW, 2 * wire.NOW]))
    assert reply(answer).rejected_log_records == 0
    assert "event_time: 1 rows" in reply(answer).error_message


def test_an_oversized_body_is_refused_and_the_server_lives(door, stage):
    assert door.send(bytes(MAX_BODY_BYTES + 1)).status == TOO_LARGE[door.name]
    assert_alive(door, stage)


def test_a_bomb_is_refused_and_the_server_lives(door, stage):
    answer = door.send(BOMB, packed=True)
    assert answer.status == TOO_LARGE[door.name]
    assert_alive(door, stage)


def test_a_body_of_exactly_the_limit_is_read(door):
    answer = door.send(bytes([0x7A]) + wire.varint(MAX_BODY_BYTES - 5) + bytes(MAX_BODY_BYTES - 5), packed=True)
    assert answer.status == OK[door.name]


@pytest.mark.parametrize("signal", ["logs", "traces", "metrics"])
def test_a_million_empty_records_are_refused_before_they_are_parsed(door, stage, signal):
    body = b"\x12\x00" * 1_000_000
    for field in (2, 1):
        body = bytes([field << 3 | 2]) + wire.varint(len(body)) + body
    answer = door.send(body, signal)
    assert answer.status == TOO_LARGE[door.name]
    assert "records" in answer.message
    assert stage.counted["ml.processor.requests.failed", "too_large", signal] == 1
    assert_alive(door, stage)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
)
def test_any_trouble_of_ours_asks_to_send_again(door, stage, monkeypatch, error, message):
    commit = stage.folder.state.commit

    def failing(change):
        raise error

    monkeypatch.setattr(stage.folder.state, "commit", failing)
    answer = door.send(wire.predictions())
    assert answer.status == LATER[door.name]
    assert message in answer.message
    assert stage.counted["ml.processor.requests.failed", "internal", "logs"] == 1
    monkeypatch.setattr(stage.folder.state, "commit", commit)
    assert door.send(wire.predictions()).status == OK[door.name]
    assert stage.rows() == 3


def test_a_bug_in_the_decoder_asks_to_send_again(door, monkeypatch):
    monkeypatch.setattr("model_monitoring_processor.ingest.intake.decode_logs", lambda *_: 1 / 0)
    assert door.send(wire.predictions()).status == LATER[door.name]


@pytest.mark.parametrize("name", ["grpc", "http"])
def test_too_much_at_once_is_refused_for_now_and_what_is_acknowledged_is_stored(tmp_path, monkeypatch, name):
    stage = Stage(tmp_path, queue_bytes=1)
    gate = Gate(stage, monkeypatch)
    with serving(stage) as clients:
        door = next(client for client in clients if client.name == name)
        answers = []
        client = threading.Thread(target=lambda: answers.append(door.send(wire.predictions())))
        client.start()
        assert gate.reached.wait(10)
        refused = door.send(wire.predictions(batch_id="too much"))
        assert refused.status == OVERLOADED[name]
        assert "send again" in refused.message
        assert refused.retry_after == ("2" if name == "http" else "")
        gate.open()
        client.join(10)
    assert answers[0].status == OK[name]
    assert stage.rows() == 3
    assert stage.counted["ml.processor.requests.failed", "overloaded", "logs"] == 1
    stage.close()


@pytest.mark.parametrize("signal", ["traces", "metrics"])
def test_spans_and_points_are_taken_and_carry_nothing(door, stage, signal):
    traces, metrics = ExportTraceServiceRequest(), ExportMetricsServiceRequest()
    spans = traces.resource_spans.add().scope_spans.add()
    spans.scope.name = "model_monitoring"
    for number in range(3):
        spans.spans.add(name=str(number))
        metrics.resource_metrics.add().scope_metrics.add().metrics.add(name=str(number))
    body = (traces if signal == "traces" else metrics).SerializeToString()
    assert door.send(body, signal)[:3] == (OK[door.name], "", b"")
    assert stage.counted["ml.processor.records.ignored", "no_source", signal] == 3
    assert door.send(b"\xff", signal).status == BAD[door.name]


def test_log_records_of_others_are_taken_and_ignored(door, stage):
    assert door.send(wire.request(wire.record("exception", {}))).status == OK[door.name]
    assert door.send(b"").status == OK[door.name]
    assert stage.counted["ml.processor.records.ignored", "no_source", "logs"] == 1


def test_four_senders_over_both_doors_and_every_row_counts_once(doors, stage):
    failures = []

    def send(sender, door):
        for number in range(40):
            # Each neighbour's batch is sent again: what two deliver counts once.
            for owner in (sender, (sender + 1) % 4):
                body = wire.predictions(batch_id=f"{owner}-{number}", keys=wire.ids(3, owner * 1000 + number * 10))
                if door.send(body, packed=bool(number % 2)).status != OK[door.name]:
                    failures.append((sender, number))

    clients = [doors["grpc"], doors["http"], doors["grpc"], doors["http"]]
    threads = [threading.Thread(target=send, args=(sender, door)) for sender, door in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert stage.rows() == 4 * 40 * 3
    (counts,) = stage.totals().values()
    assert counts == {"rows": 480, "duplicate_rows": 480}


# --- HTTP only --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-protobuf2"])
def test_another_content_type_is_refused_with_what_to_send(http, stage, content_type):
    answer = http.send(b"{}", content_type=content_type)
    assert answer.status == 415
    assert "application/x-protobuf" in answer.message
    assert stage.counted["ml.processor.requests.failed", "content_type", "logs"] == 1


def test_a_content_type_may_have_parameters(http):
    assert http.send(wire.predictions(), content_type="Application/X-Protobuf; charset=utf-8").status == 200


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd"])
def test_an_unknown_encoding_is_refused(http, stage, encoding):
    answer = http.send(wire.predictions(), content_encoding=encoding)
    assert answer.status == 415
    assert "gzip" in answer.message
    assert stage.counted["ml.processor.requests.failed", "encoding", "logs"] == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"not gzip", id="not gzip"),
        pytest.param(gzip.compress(b"x" * 99)[:-9], id="cut short"),
        pytest.param(gzip.compress(b"") + b"more", id="more behind it"),
    ],
)
def test_damaged_gzip_is_bad_data(http, body):
    assert http.send(body, content_encoding="gzip").status == 400


def test_gzip_in_several_members_is_read(http, stage):
    body = wire.predictions()
    assert http.send(gzip.compress(body[:50]) + gzip.compress(body[50:]), content_encoding="gzip").status == 200
    assert stage.rows() == 3


def test_a_body_that_does_not_say_how_long_it_is_is_refused_at_the_limit(http, stage):
    assert http.send(bytes(1 << 20) for _ in range(100)).status == 413
    assert_alive(http, stage)


def test_a_bomb_is_never_unpacked(http):
    """1 GiB in 1 MB: refused after the first 16 MiB."""
    packer = zlib.compressobj(wbits=31)
    million = bytes(1 << 20)
    bomb = b"".join([packer.compress(million) for _ in range(1024)]) + packer.flush()
    assert http.send(bomb, content_encoding="gzip").status == 413


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/logs", 405), ("POST", "/v1/other", 404)])
def test_other_requests_get_the_usual_answers(http, method, path, status):
    assert http._client.request(method, path).status_code == status


def test_a_client_that_goes_away_does_no_harm(stage, http):
    stalled = Http(http._client.base_url.port)

    def broken():
        yield wire.predictions()[:20]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        stalled.send(broken())
    stalled.close()
    assert_alive(http, stage)
