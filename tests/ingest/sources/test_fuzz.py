"""Whatever a stranger sends is read or refused: anything else would be sent again for ever."""

import json
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest.sources import map_spans
from tests.ingest.sources.foreign import read, sources, span
from tests.ingest.wire import NOW

CAPTURED = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "data" / "otlp").glob("*.pb"))]
GREEDY = sources(
    all={
        "model": {"attribute": "ml.model.name", "constant": "m"},
        "features": {"prefix": "ml."},
        "outputs": {"score": "ml.prediction.score", "map": "ml.feature.age"},
        "time": {"attribute": "when", "unit": "iso8601"},
        "weight": "ml.feature.country",
    }
)
KSERVE = sources(one={"preset": "kserve_v2", "time": {"attribute": "when", "unit": "ms"}})

SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "shape", "data", "datatype", "inputs", "outputs", "id", "x"]), inner)
    ),
    max_leaves=15,
)


def accounted(mapped, spans):
    """Every span is rows, refused or ignored, and no batch is ragged."""
    refused = sum(tally.count for tally in mapped.refused.values())
    ignored = sum(tally.count for tally in mapped.ignored.values())
    assert sum(mapped.taken.values()) + refused + ignored == spans
    for batch in mapped.batches:
        columns = [*batch.features.values(), *batch.outputs.values()]
        assert {len(getattr(column, "values", getattr(column, "codes", ()))) for column in columns} == {len(batch)}


@given(
    st.sampled_from(CAPTURED), st.lists(st.tuples(st.integers(0, 3_000), st.binary(max_size=4)), min_size=1, max_size=8)
)
@settings(max_examples=300, deadline=None)
def test_damaged_bytes(body, damages):
    found = bytearray(body)
    for place, damage in damages:
        found[place : place + len(damage)] = damage
    with suppress(BadData):
        map_spans(bytes(found), GREEDY.spans, NOW)


@given(JSON, JSON, SCALAR)
@settings(max_examples=300, deadline=None)
def test_bodies_of_any_shape(inputs, outputs, when):
    body = {"http.request.body.content": json.dumps({"inputs": inputs})}
    body |= {"http.response.body.content": json.dumps({"outputs": outputs, "model_name": inputs, "id": outputs})}
    when = when if isinstance(when, str | bool | float) and "\0" not in str(when) else 0.0
    with suppress(UnicodeEncodeError):  # the test's own: protobuf takes no half of a surrogate pair
        accounted(read(span(1, body | {"when": when}), of=KSERVE), 1)


@given(st.dictionaries(st.text(max_size=4), SCALAR | st.lists(SCALAR, max_size=3), max_size=4))
@settings(max_examples=300, deadline=None)
def test_json_of_any_shape(features):
    text = {"ml.features": json.dumps(features), "ml.outputs": json.dumps(list(features.values()))}
    accounted(read(span(1, text), span(2, text), of=sources(one={"preset": "json"})), 2)
