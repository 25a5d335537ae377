"""Bytes on the wire (docs/wire.md), to the letter."""

import struct
from uuid import UUID

import numpy as np
import pytest

from model_monitoring import _columns, last_prediction_ids, monitor_model, record_labels, semconv
from model_monitoring._columns import join, of_array, of_values, pack
from model_monitoring.testing import capture


@pytest.mark.parametrize(
    ("values", "packed"),
    [
        ([1.5, -2.0], struct.pack("<2d", 1.5, -2.0)),
        ([1, True], struct.pack("<2d", 1, 1)),
        ([2**63, 2**70], struct.pack("<2d", 2.0**63, 2.0**70)),
        ([10**400, -(10**400)], struct.pack("<2d", float("inf"), float("-inf"))),
        (["b", "a", "b"], {"codes": bytes([0, 1, 0]), "values": ["b", "a"]}),
        (["a", None, float("nan")], {"codes": bytes([0, 255, 255]), "values": ["a"]}),
        (["a", 1, 2.5, True], {"codes": bytes([0, 1, 2, 3]), "values": ["a", "1", "2.5", "True"]}),
        (["ok\udc80"], {"codes": bytes([0]), "values": ["ok?"]}),
        (["", "x" * 300], {"codes": bytes([0, 1]), "values": ["", "x" * 256]}),
    ],
)
def test_plain_values_become_doubles_or_categories(values, packed):
    assert pack(of_values(values)) == packed


def test_none_among_numbers_is_a_nan():
    packed = pack(of_values([1.0, None]))
    assert packed[:8] == struct.pack("<d", 1.0)
    assert np.isnan(struct.unpack("<2d", packed)[1])


@pytest.mark.parametrize(("distinct", "width"), [(255, 1), (256, 2), (65_535, 2), (65_536, 4)])
def test_codes_are_as_narrow_as_they_can_be_with_the_largest_for_missing(distinct, width):
    packed = pack(of_values([*map(str, range(distinct)), None]))
    assert len(packed["codes"]) == width * (distinct + 1)
    assert packed["codes"][-width:] == b"\xff" * width
    assert len(packed["values"]) == distinct


@pytest.mark.parametrize(
    ("array", "packed"),
    [
        (np.array([1, 2], "f4"), struct.pack("<2f", 1, 2)),
        (np.array([1, 2], ">f4"), struct.pack("<2f", 1, 2)),
        (np.array([1, 2], "f2"), struct.pack("<2d", 1, 2)),
        (np.array([1, 2], ">f8"), struct.pack("<2d", 1, 2)),
        (np.array([1, 2], "i1"), struct.pack("<2d", 1, 2)),
        (np.array([True, False]), struct.pack("<2d", 1, 0)),
        (np.array(["1970-01-02", "1970-01-01"], "datetime64[D]"), struct.pack("<2d", 86400, 0)),
        (np.array([1500], "timedelta64[ms]"), struct.pack("<d", 1.5)),
    ],
)
def test_arrays_become_doubles_and_float32_stays(array, packed):
    assert pack(of_array(array)) == packed


@pytest.mark.parametrize(
    ("chunks", "joined"),
    [
        ([of_array(np.array([1.0], "f4")), of_array(np.array([2.0], "f4"))], struct.pack("<2f", 1, 2)),
        ([of_array(np.array([1.0], "f4")), of_array(np.array([2.0]))], struct.pack("<2d", 1, 2)),
        ([of_array(np.array([1.0], "f4")), of_values([2])], struct.pack("<2d", 1, 2)),
        ([of_array(np.array([1.0])), of_values(["a"])], {"codes": bytes([0, 1]), "values": ["1.0", "a"]}),
    ],
)
def test_pieces_join_in_the_widest_form_that_any_needs(chunks, joined):
    assert pack(join(chunks)) == joined


def test_a_part_of_a_chunk_is_its_rows():
    for chunk in (of_array(np.arange(5, dtype="f4")), of_array(np.arange(5.0)), of_values([0, 1, 2, 3, 4])):
        assert _columns.values_of(_columns.part(chunk, 1, 3)) == [1, 2]
        assert _columns.length(chunk) == 5


def test_the_attributes_of_a_record_are_bytes_text_and_numbers_only():
    @monitor_model(name="m", version="1")
    def predict(rows):
        return rows[:, 0]

    with capture() as telemetry:
        predict(np.array([[1.0, 2.0], [3.0, 4.0]], "f4"))
        ids = last_prediction_ids()
        record_labels(ids, ["x", "y"])
    rows, labels = (event.attributes for event in telemetry.records())
    assert rows[semconv.FEATURES] == {"feature_0": struct.pack("<2f", 1, 3), "feature_1": struct.pack("<2f", 2, 4)}
    assert rows[semconv.OUTPUTS] == {"value": struct.pack("<2f", 1, 3)}
    assert rows[semconv.TIMESTAMPS] == struct.pack("<2q", 1_700_000_000_000_000_000, 1_700_000_000_000_000_000)
    assert rows[semconv.LATENCIES] == struct.pack("<2f", 0.001, 0.001)
    assert rows[semconv.PREDICTION_IDS] == b"".join(UUID(text).bytes for text in ids)
    assert labels[semconv.PREDICTION_IDS] == rows[semconv.PREDICTION_IDS]
    assert labels[semconv.LABELS] == {"codes": b"\x00\x01", "values": ["x", "y"]}


def test_every_attribute_of_the_events_is_declared():
    @monitor_model(name="m", version="1", environment="e", task_type="binary")
    def predict(row):
        return 0.5

    declared = {event.name: event for event in semconv.EVENTS}
    with capture() as telemetry:
        predict({"a": 1})
        record_labels(last_prediction_ids(), [1], model="m")
    for event in telemetry.records():
        of = declared[event.name]
        assert set(of.required) <= set(event.attributes)
        assert set(event.attributes) <= {*of.required, *of.optional}


def test_every_point_of_the_metrics_is_declared():
    @monitor_model(name="m", version="1", environment="e")
    def predict(row):
        return 0.5

    declared = {metric.name: metric for metric in semconv.SDK_METRICS}
    with capture() as telemetry:
        predict({"a": 1})
    for name, points in telemetry.metrics().items():
        for point in points:
            assert set(point) - {"value", "count", "sum"} <= set(declared[name].attributes)


def test_the_schema_hash_is_of_names_and_kinds_in_order():
    @monitor_model(name="m")
    def predict(row):
        return 0.5

    rows = [{"a": 1, "b": 2}, {"a": 9.5, "b": 1}, {"b": 1, "a": 2}, {"a": "x", "b": 2}]
    hashes = []
    for row in rows:
        with capture() as telemetry:
            predict(row)
        hashes.append(telemetry.events()[0][semconv.SCHEMA_HASH])
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3
