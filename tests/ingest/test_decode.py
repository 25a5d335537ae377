"""From bytes to checked batches: what is read, what is refused and for which reason."""

import numpy as np
import pytest

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ids import key_of
from model_monitoring_processor.ingest import decode_logs, reasons
from model_monitoring_processor.ingest.decode import Rejection
from model_monitoring_processor.types import LabelBatch, ModelId, PredictionBatch
from tests.ingest import wire
from tests.ingest.wire import NOW

HOUR = 3_600 * 10**9
NAN = float("nan")


def field(number, *parts):
    """A length-delimited protobuf field, encoded without the protobuf library."""
    content = b"".join(parts)
    length = bytes([len(content)]) if len(content) < 128 else bytes([len(content) & 127 | 128, len(content) >> 7])
    return bytes([number << 3 | 2]) + length + content


def attribute(name, value):
    return field(6, field(1, name), field(2, value))


# resource_logs { resource {} scope_logs { scope {} log_records { ... } } }, by the field numbers of OTLP
GOLDEN = field(1, field(1), field(2, field(1), field(
    2,
    field(12, b"ml.prediction.batch"),
    attribute(b"ml.wire.version", field(1, b"1")),
    attribute(b"ml.model.name", field(1, b"m")),
    attribute(b"ml.batch.id", field(1, b"b")),
    attribute(b"ml.batch.row_count", b"\x18\x01"),
    attribute(b"ml.batch.timestamps", field(7, NOW.to_bytes(8, "little"))),
    attribute(b"ml.prediction.ids", field(5, field(1, field(1, b"order-0123456789")))),
)))  # fmt: skip


def decoded(body):
    return decode_logs(body, NOW)


def only(body):
    """The one batch of a request in which nothing was refused."""
    found = decoded(body)
    assert found.rejected == []
    assert found.ignored == 0
    (batch,) = found.batches
    return batch


def refused(body):
    """The one refusal of a request that holds nothing else."""
    found = decoded(body)
    assert found.batches == []
    (rejection,) = found.rejected
    return rejection


def test_the_bytes_of_the_wire_are_read_as_documented():
    batch = only(GOLDEN)
    assert batch.model == ModelId("m")
    assert batch.batch_id == "b"
    assert batch.times.tolist() == [NOW]
    assert batch.keys.tobytes() == key_of("order-0123456789")
    assert batch.features == {}
    assert batch.outputs == {}


def test_a_prediction_record_becomes_arrays_that_look_into_the_message():
    ids = wire.ids(3)
    contexts = bytes(range(72))
    batch = only(
        wire.predictions(
            {"age": [35.0, NAN, float("inf")], "fare": np.float32([1, 2, 3]), "city": ["JFK", None, "LGA"]},
            {"score": [0.1, 0.9, 0.5], "class": ["0", "1", "1"]},
            keys=ids,
            times=[NOW, NOW - 1, NOW + 1],
            deployment__environment__name="production",
            ml__batch__latencies=np.float32([0.1, NAN, 0.2]).tobytes(),
            ml__batch__weights=np.array([1, 2.5, 1048576.0]).tobytes(),
            ml__batch__span_contexts=contexts,
            ml__task__type="binary",
            ml__segments={"country": wire.column(["DE", "FR", "DE"])},
        )
    )
    assert isinstance(batch, PredictionBatch)
    assert batch.model == ModelId("churn", "3", "production")
    assert [batch.keys[row].tobytes() for row in range(3)] == [key.bytes for key in ids]
    assert batch.times.tolist() == [NOW, NOW - 1, NOW + 1]
    np.testing.assert_array_equal(batch.features["age"].values, [35.0, NAN, np.inf])
    assert batch.features["fare"].values.dtype == np.float32
    assert batch.features["city"].categories == ("JFK", "LGA")
    assert batch.features["city"].codes.tolist() == [0, 255, 1]
    assert batch.outputs["class"].codes.tolist() == [0, 1, 1]
    assert batch.weights.tolist() == [1, 2.5, 1048576.0]
    assert batch.latencies.dtype == np.float32
    assert batch.span_contexts.tobytes() == contexts
    assert batch.segments["country"].categories == ("DE", "FR")
    assert (batch.task_type, batch.schema_hash) == ("binary", "abc")
    assert not batch.features["age"].values.flags.owndata


def test_a_label_record_becomes_canonical_labels():
    batch = only(wire.label_request([1.0, 0.0, 2.5], keys=["a", "b", "c"]))
    assert isinstance(batch, LabelBatch)
    assert batch.labels == ("1", "0", "2.5")
    assert [batch.keys[row].tobytes() for row in range(3)] == [key_of(name) for name in "abc"]
    assert batch.model == ModelId("churn")


@pytest.mark.parametrize("values", [[1.0], ["1.0"], ["True"], ["1"], np.float32([1])])
def test_the_same_label_in_any_type_is_the_same(values):
    assert only(wire.label_request(values, keys=["a"])).labels == ("1",)


def test_a_label_batch_needs_no_model():
    assert only(wire.label_request([1.0], keys=["a"], ml__model__name=None)).model == ModelId("")


@pytest.mark.parametrize("name", ["deployment.environment.name", "deployment.environment"])
def test_the_environment_may_stand_on_the_resource(name):
    assert only(wire.predictions(resource={name: "staging"})).model.environment == "staging"


def test_the_environment_of_the_record_comes_before_that_of_the_resource():
    body = wire.predictions(
        deployment__environment__name="production", resource={"deployment.environment.name": "staging"}
    )
    assert only(body).model.environment == "production"


def test_a_batch_may_carry_no_features():
    assert only(wire.predictions(rows=2, features={}, ml__features=None)).features == {}
    assert len(only(wire.predictions(rows=2, features={}))) == 2


def test_what_is_not_ours_is_ignored_and_counted():
    ours = wire.record("ml.prediction.batch", wire.prediction())
    found = decoded(wire.request(wire.record("", {"a": 1}), ours, wire.record("exception", {})))
    assert (len(found.batches), found.ignored, found.rejected) == (1, 2, [])


def test_a_bad_record_costs_only_itself():
    good = [wire.record("ml.prediction.batch", wire.prediction(batch_id=name)) for name in "ab"]
    bad = wire.record("ml.prediction.batch", wire.prediction(ml__wire__version="9"))
    found = decoded(wire.request(good[0], bad, good[1]))
    assert [batch.batch_id for batch in found.batches] == ["a", "b"]
    assert [rejection.reason for rejection in found.rejected] == [reasons.WIRE_VERSION]


@pytest.mark.parametrize("body", [b"\xff", b"not protobuf", GOLDEN[:-1], b"\x0a\xff\xff\xff\xff\x0f"])
def test_what_is_not_a_request_is_refused_as_a_whole(body):
    with pytest.raises(BadData, match="not an OTLP logs request") as raised:
        decoded(body)
    assert raised.value.reason == reasons.MALFORMED


BAD_PREDICTIONS = [
    ("wire_version", {"ml__wire__version": "2"}),
    ("wire_version", {"ml__wire__version": None}),
    ("wire_version", {"ml__wire__version": 1}),
    ("model_name", {"ml__model__name": None}),
    ("model_name", {"ml__model__name": ""}),
    ("model_name", {"ml__model__name": "x" * 10_000}),
    ("model_name", {"ml__model__name": "two\nlines"}),
    ("model_name", {"ml__model__name": 7}),
    ("model_version", {"ml__model__version": "\x1b[31m"}),
    ("environment", {"deployment__environment__name": "x" * 257}),
    ("task_type", {"ml__task__type": 7}),
    ("schema_hash", {"ml__feature__schema_hash": "x" * 257}),
    ("batch_id", {"ml__batch__id": None}),
    ("batch_id", {"ml__batch__id": "x" * 65}),
    ("row_count", {"ml__batch__row_count": None}),
    ("row_count", {"ml__batch__row_count": 0}),
    ("row_count", {"ml__batch__row_count": -3}),
    ("row_count", {"ml__batch__row_count": 65_537}),
    ("row_count", {"ml__batch__row_count": "3"}),
    ("timestamps", {"ml__batch__row_count": 4}),
    ("timestamps", {"ml__batch__timestamps": None}),
    ("timestamps", {"ml__batch__timestamps": b"1234567"}),
    ("timestamps", {"ml__batch__timestamps": [1, 2, 3]}),
    ("ids", {"ml__prediction__ids": None}),
    ("ids", {"ml__prediction__ids": bytes(47)}),
    ("ids", {"ml__prediction__ids": ["a", "b"]}),
    ("ids", {"ml__prediction__ids": ["a", "b", ""]}),
    ("ids", {"ml__prediction__ids": ["a", "b", 3]}),
    ("ids", {"ml__prediction__ids": ["a", "b", "x" * 257]}),
    ("column_type", {"ml__features": "age"}),
    ("column_type", {"ml__features": {"age": [1.0, 2.0, 3.0]}}),
    ("column_type", {"ml__features": {"age": 1.0}}),
    ("column_type", {"ml__features": {"city": {"codes": bytes(3)}}}),
    ("column_type", {"ml__features": {"city": {"codes": bytes(3), "values": [1]}}}),
    ("column_type", {"ml__features": {"city": {"codes": bytes(3), "values": "JFK"}}}),
    ("column_type", {"ml__features": {"city": {"codes": bytes(3), "values": ["JFK"], "more": "?"}}}),
    ("column_length", {"ml__features": {"age": bytes(23)}}),
    ("column_length", {"ml__features": {"age": bytes(48)}}),
    ("column_length", {"ml__features": {"age": b""}}),
    ("column_length", {"ml__outputs": {"score": bytes(8)}}),
    ("column_length", {"ml__features": {"city": {"codes": bytes(9), "values": ["JFK"]}}}),
    ("column_length", {"ml__batch__latencies": bytes(11)}),
    ("column_length", {"ml__batch__span_contexts": bytes(71)}),
    ("column_codes", {"ml__features": {"city": {"codes": bytes([0, 1, 2]), "values": ["JFK", "LGA"]}}}),
    ("column_codes", {"ml__features": {"city": {"codes": bytes([0, 255, 254]), "values": ["JFK"]}}}),
    ("column_codes", {"ml__features": {"city": {"codes": bytes(3), "values": [str(n) for n in range(256)]}}}),
    ("column_name", {"ml__features": {"": bytes(24)}}),
    ("column_name", {"ml__features": {"x" * 10_000: bytes(24)}}),
    ("column_name", {"ml__features": {"a\0b": bytes(24)}}),
    ("too_many_columns", {"ml__features": {str(n): bytes(24) for n in range(4_001)}}),
    ("weights", {"ml__batch__weights": np.array([1.0, 0.0, 1.0]).tobytes()}),
    ("weights", {"ml__batch__weights": np.array([1.0, NAN, 1.0]).tobytes()}),
    ("weights", {"ml__batch__weights": np.array([1.0, 1048577.0, 1.0]).tobytes()}),
    ("weights", {"ml__batch__weights": bytes(23)}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "change"), BAD_PREDICTIONS)
def test_a_bad_prediction_record_is_refused_with_its_reason(reason, change):
    rejection = refused(wire.predictions(**change))
    assert rejection.reason == reason
    assert rejection.whole
    assert len(rejection.message) < 400
    assert rejection.message.isprintable()


BAD_LABELS = [
    ("label", {"ml__labels": None}),
    ("column_type", {"ml__labels": "1"}),
    ("column_length", {"ml__labels": bytes(7)}),
    ("ids", {"ml__prediction__ids": bytes(15)}),
    ("timestamps", {"ml__batch__timestamps": None}),
    ("batch_id", {"ml__batch__id": ""}),
]


@pytest.mark.parametrize(("reason", "change"), BAD_LABELS)
def test_a_bad_label_record_is_refused_with_its_reason(reason, change):
    rejection = refused(wire.label_request([1.0], keys=["a"], **change))
    assert (rejection.reason, rejection.kind, rejection.whole) == (reason, "labels", True)


def test_every_reason_given_is_on_the_closed_list():
    assert {reason for reason, _ in BAD_PREDICTIONS + BAD_LABELS} <= reasons.REASONS
    constants = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    assert constants == reasons.REASONS


def test_a_name_that_occurs_twice_is_refused():
    record = wire.record("ml.prediction.batch", wire.prediction())
    record.attributes.add(key="ml.model.name").value.string_value = "other"
    assert refused(wire.request(record)).reason == reasons.DUPLICATE_NAME
    record = wire.record("ml.prediction.batch", wire.prediction())
    features = next(pair for pair in record.attributes if pair.key == "ml.features").value.kvlist_value
    features.values.add(key="age").value.bytes_value = bytes(24)
    assert refused(wire.request(record)).reason == reasons.DUPLICATE_NAME


def test_a_refusal_says_of_which_model_and_how_many_rows():
    rejection = refused(wire.predictions(ml__features={"age": b""}))
    assert (rejection.model, rejection.rows) == (ModelId("churn", "3"), 3)
    hidden = refused(wire.predictions(ml__model__name="x" * 300))
    assert hidden.model == ModelId("", "3")
    assert refused(wire.predictions(ml__batch__row_count=-1)).rows == 1


@pytest.mark.parametrize(
    ("time", "kept"),
    [
        (NOW + HOUR, True),
        (NOW + HOUR + 1, False),
        (2**63 - 1, False),
        (86_400 * 10**9, True),
        (86_400 * 10**9 - 1, False),
        (-1, False),
    ],
)
def test_rows_at_an_impossible_time_are_lost_and_the_others_are_not(time, kept):
    found = decoded(
        wire.predictions(
            {"age": [1.0, 2.0], "city": ["a", "b"]},
            times=[time, NOW],
            ml__batch__weights=np.array([3.0, 4.0]).tobytes(),
            ml__batch__latencies=np.float32([5, 6]).tobytes(),
            ml__batch__span_contexts=bytes(24) + b"x" * 24,
            ml__segments={"country": wire.column(["DE", "FR"])},
        )
    )
    (batch,) = found.batches
    if kept:
        assert len(batch) == 2
        assert found.rejected == []
        return
    ((kind, reason, rows, _, model, whole),) = found.rejected
    assert (kind, reason, rows, model.name, whole) == ("predictions", "event_time", 1, "churn", False)
    assert batch.times.tolist() == [NOW]
    assert batch.features["age"].values.tolist() == [2.0]
    assert batch.features["city"].codes.tolist() == [1]
    assert batch.keys[0].tobytes() == wire.ids(2)[1].bytes
    assert (batch.weights.tolist(), batch.latencies.tolist()) == ([4.0], [6.0])
    assert batch.span_contexts.tobytes() == b"x" * 24
    assert batch.segments["country"].codes.tolist() == [1]


def test_a_record_of_impossible_times_only_is_refused_as_a_whole():
    rejection = refused(wire.predictions(times=[0, 0, 0]))
    assert (rejection.reason, rejection.rows, rejection.whole) == ("event_time", 3, True)


def test_labels_without_a_value_are_lost_and_the_others_are_not():
    found = decoded(wire.label_request([1.0, NAN, float("inf"), 0.0], keys="abcd", times=[NOW, NOW, NOW, 0]))
    assert [batch.labels for batch in found.batches] == [("1",)]
    assert sorted((one.reason, one.rows, one.whole) for one in found.rejected) == [
        ("event_time", 1, False),
        ("label", 2, False),
    ]


def test_one_record_cannot_touch_any_number_of_panes():
    times = NOW - np.arange(10_001) * 300 * 10**9
    assert refused(wire.predictions({}, rows=10_001, times=times)).reason == reasons.TIME_SPREAD
    assert len(only(wire.predictions({}, rows=10_000, times=times[:10_000]))) == 10_000


def test_a_long_category_is_cut():
    batch = only(wire.predictions({"city": ["x" * 10_000]}))
    assert batch.features["city"].categories == ("x" * 256,)


@pytest.mark.parametrize(("width", "dtype"), [(1, "<u1"), (2, "<u2"), (4, "<u4")])
def test_codes_have_one_of_three_widths_and_the_largest_is_missing(width, dtype):
    missing = 256**width - 1
    codes = np.array([0, missing, 1], dtype).tobytes()
    column = only(wire.predictions(ml__features={"city": {"codes": codes, "values": ["a", "b"]}})).features["city"]
    assert column.codes.dtype == np.dtype(dtype)
    assert column.codes.tolist() == [0, missing, 1]


def test_rejections_are_plain_data():
    assert Rejection._fields == ("kind", "reason", "rows", "message", "model", "whole")
