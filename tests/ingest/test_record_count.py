"""Records are counted as the parser would count them, without what the parser would make of them."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest.body import TooLarge
from model_monitoring_processor.ingest.record_count import record_count
from tests.ingest import wire


def message(field, content):
    return wire.varint(field << 3 | 2) + wire.varint(len(content)) + content


def empty_records(count):
    return message(1, message(2, message(2, b"") * count))


def parsed(body):
    request = ExportLogsServiceRequest.FromString(body)
    return sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs)


def test_records_of_all_scopes_and_resources_are_counted():
    own = wire.request(wire.record("a", {"b": "c"}), wire.record("d", {}), resource={"service.name": "e"})
    assert record_count(own + b"" + own, "logs") == parsed(own + own) == 4


@given(st.binary(max_size=64) | st.lists(st.integers(0, 40), max_size=64).map(bytes))
def test_whatever_the_parser_takes_is_counted_alike(body):
    try:
        expected = parsed(body)
    except DecodeError:
        return
    try:
        found = record_count(body, "logs")
    except BadData as error:
        found = str(error)
    # Groups, which proto3 never had, are refused.
    assert found == expected or "a field of kind" in str(found)


@pytest.mark.parametrize("body", [b"\xff", b"\x0a", b"\x0a\x05abc", b"\x0b", b"\x09123", bytes([0x08]) + b"\xff" * 11])
def test_what_is_not_a_message_is_bad_data(body):
    with pytest.raises(BadData, match="not an OTLP traces request"):
        record_count(body, "traces")


def test_the_limit_bounds_records():
    assert record_count(empty_records(98), "logs", limit=100) == 98
    with pytest.raises(TooLarge, match="100 records"):
        record_count(empty_records(101), "logs", limit=100)


def test_the_limit_bounds_what_is_around_records_too():
    with pytest.raises(TooLarge):
        record_count(message(1, b"") * 101, "logs", limit=100)
    with pytest.raises(TooLarge):
        record_count(b"\x78\x00" * 101, "logs", limit=100)
