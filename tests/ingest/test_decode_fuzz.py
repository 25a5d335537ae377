"""Whatever bytes arrive, the decoder answers: batches, refusals, or BadData. Never anything else."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import decode_logs, reasons
from tests.ingest import wire

SEEDS = [
    wire.predictions({"age": [1.0, 2.0, 3.0], "city": ["a", None, "b"]}, {"score": [0.1, 0.2, 0.3]}),
    wire.predictions(
        keys=["x", "y", "z"],
        ml__batch__weights=np.ones(3).tobytes(),
        ml__batch__latencies=bytes(12),
        ml__batch__span_contexts=bytes(72),
        ml__segments={"country": wire.column(["DE", "FR", "DE"])},
    ),
    wire.label_request(["1", "0"], keys=["x", "y"]),
    wire.request(wire.record("other", {"a": [1, {"b": b"c"}]}), resource={"deployment.environment": "test"}),
]

edits = st.lists(
    st.tuples(st.sampled_from(["set", "cut", "insert"]), st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=6
)


def edited(body, changes):
    for kind, where, data in changes:
        at = int(where * len(body))
        if kind == "set":
            body = body[:at] + data + body[at + len(data) :]
        elif kind == "cut":
            body = body[:at] + body[at + len(data) :]
        else:
            body = body[:at] + data + body[at:]
    return body


def check(body):
    try:
        found = decode_logs(body, wire.NOW)
    except BadData as error:
        assert error.reason == reasons.MALFORMED  # noqa: PT017 - both outcomes are right
        return
    for rejection in found.rejected:
        assert rejection.reason in reasons.REASONS
        assert 1 <= rejection.rows <= 65_536
    for batch in found.batches:
        rows = len(batch)
        assert rows >= 1
        assert batch.keys.shape == (rows, 16)
        assert batch.times.shape == (rows,)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), edits)
def test_any_change_of_a_good_request_is_answered(body, changes):
    check(edited(body, changes))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(body):
    check(body)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def storable(value):
    """OTLP's empty value is left out here: protobuf's own edits above make plenty of them."""
    if isinstance(value, dict):
        return {name: storable(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [storable(entry) for entry in value if entry is not None]
    return value


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_value_in_any_attribute_is_answered(data):
    make = data.draw(st.sampled_from([wire.prediction, lambda: wire.labels([1.0], keys=["a"])]))
    attributes = make()
    name = data.draw(st.sampled_from(sorted(attributes)))
    value = data.draw(VALUES)
    if value is None:
        del attributes[name]
    else:
        attributes[name] = storable(value)
    event = "ml.label.batch" if "ml.labels" in attributes or name == "ml.labels" else "ml.prediction.batch"
    check(wire.request(wire.record(event, attributes)))
