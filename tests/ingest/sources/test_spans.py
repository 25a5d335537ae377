"""Spans of somebody else's service as rows."""

import json

import numpy as np
import pytest

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest.sources import map_spans
from model_monitoring_processor.types import ModelId
from tests.ingest.sources.foreign import (
    FLAT,
    cells,
    ignored,
    only,
    read,
    reasons_of,
    sources,
    span,
    spans_request,
    table,
    trace_id,
)
from tests.ingest.wire import NOW


def test_flat_attributes_become_one_batch_of_columns():
    spans = [span(n, {"ml.feature.age": 30 + n, "ml.feature.country": "DE", "ml.feature.vip": True}) for n in (1, 2)]
    batch = only(read(*spans, resource={"deployment.environment.name": "production"}))
    assert batch.model == ModelId("fraud", "", "production")
    assert table(batch.features) == {"age": [31.0, 32.0], "country": ["DE", "DE"], "vip": [1.0, 1.0]}
    assert table(batch.outputs) == {"score": [0.2, 0.2]}
    assert batch.times.tolist() == [NOW, NOW]
    assert batch.latencies.tolist() == pytest.approx([0.01, 0.01])
    assert batch.span_contexts[1].tobytes() == trace_id(2) + (2).to_bytes(8, "big")
    assert batch.weights is None


def test_each_model_and_each_set_of_columns_has_a_batch_of_its_own():
    spans = [span(1), span(2, {"ml.model.name": "churn"}), span(3, {"ml.feature.more": 1}), span(4)]
    found = [(batch.model.name, sorted(batch.features), len(batch)) for batch in read(*spans).batches]
    assert found == [("fraud", ["age"], 2), ("churn", ["age"], 1), ("fraud", ["age", "more"], 1)]


def test_a_column_of_numbers_and_text_loses_neither():
    batch = only(read(span(1, {"ml.feature.age": 35.5}), span(2, {"ml.feature.age": "unknown"})))
    assert cells(batch.features["age"]) == ["35.5", "unknown"]


def test_spans_of_our_own_scope_are_never_mapped():
    everything = sources(all={"model": {"constant": "m"}, "features": {"prefix": "ml."}})
    mapped = read(span(), span(2), scope="model_monitoring", of=everything)
    assert (mapped.batches, ignored(mapped)) == ([], {"own_scope": 2})


@pytest.mark.parametrize(
    ("match", "taken"),
    [
        ({"scope": "fraud-*"}, 1),
        ({"scope": "other"}, 0),
        ({"name": "predict"}, 1),
        ({"name": "[a-o]*"}, 0),
        ({"attributes": {"ml.feature.age": "35"}}, 1),
        ({"attributes": {"ml.feature.age": "36"}}, 0),
        ({"attributes": {"absent": "*"}}, 0),
        ({"resource": {"service.name": "fraud"}}, 1),
        ({"resource": {"service.name": "f"}}, 0),
        ({"signal": "logs"}, 0),
    ],
)
def test_a_source_takes_what_matches_in_all(match, taken):
    of = sources(one={"match": match, "model": {"constant": "m"}, "features": {"prefix": "ml.feature."}})
    mapped = read(span(), of=of, resource={"service.name": "fraud"})
    assert sum(map(len, mapped.batches)) == taken
    assert ignored(mapped) == ({} if taken else {"no_source": 1})


def test_the_first_source_that_matches_takes_a_span():
    of = sources(
        one={"match": {"name": "score"}, "model": {"constant": "first"}, "features": {"prefix": "ml.feature."}},
        two={"preset": "flat", "model": {"constant": "second"}},
    )
    mapped = read(span(1), span(2, name="score"), of=of)
    assert sorted(batch.model.name for batch in mapped.batches) == ["first", "second"]
    assert mapped.taken == {"one": 1, "two": 1}


def test_the_model_may_stand_in_the_resource_and_a_constant_stands_in_for_it():
    of = sources(
        one={
            "model": {"attribute": "service.name", "constant": "nameless"},
            "version": {"attribute": "service.version"},
            "environment": {"constant": "staging"},
            "features": {"prefix": "ml.feature."},
        }
    )
    known = only(read(span(), of=of, resource={"service.name": "fraud", "service.version": "7"}))
    assert known.model == ModelId("fraud", "7", "staging")
    assert only(read(span(), of=of)).model.name == "nameless"


def test_features_may_come_from_a_list_a_map_and_json_together():
    of = sources(
        one={
            "model": {"constant": "m"},
            "features": {"attributes": ["age", "absent"], "map": "input", "json": "extra"},
            "outputs": {"json": "output"},
        }
    )
    attributes = {
        "age": 3,
        "input": {"city": "Rome", "size": {"x": 1}},
        "extra": '{"tags": ["a", null], "deep": {"y": 2}}',
    }
    batch = only(read(span(1, attributes | {"output": '{"class": "yes"}'}), of=of))
    assert table(batch.features) == {
        "age": [3.0],
        "city": ["Rome"],
        "deep.y": [2.0],
        "size.x": [1.0],
        "tags.0": ["a"],
        "tags.1": [None],
    }
    assert table(batch.outputs) == {"class": ["yes"]}


def test_a_json_list_has_the_names_that_are_given():
    of = sources(one={"model": {"constant": "m"}, "features": {"json": "x", "names": ["age", "income"]}})
    assert table(only(read(span(1, {"x": "[1, 2]"}), of=of)).features) == {"age": [1.0], "income": [2.0]}
    assert reasons_of(read(span(1, {"x": "[1]"}), of=of)) == {"column_length": 1}


def test_the_json_preset():
    attributes = {"ml.features": json.dumps({"age": 3}), "ml.outputs": json.dumps({"score": 0.5})}
    batch = only(read(span(1, attributes), of=sources(one={"preset": "json"})))
    assert (table(batch.features), table(batch.outputs)) == ({"age": [3.0]}, {"score": [0.5]})


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"ml.feature.age": b"bytes"}, "column_type"),
        ({"ml.feature.": 1}, "column_name"),
        ({"ml.feature.a\nb": 1}, "column_name"),
        ({"ml.model.name": "n" * 257}, "model_name"),
        ({"ml.prediction.id": "i" * 257}, "ids"),
        ({"ml.feature.age": None, "ml.prediction.score": None}, "no_columns"),
    ],
)
def test_a_span_that_cannot_be_read_costs_only_itself(attributes, reason):
    mapped = read(span(1), span(2, attributes), span(3))
    assert (sum(map(len, mapped.batches)), reasons_of(mapped)) == (2, {reason: 1})


@pytest.mark.parametrize("time", [0, NOW + 2 * 3_600 * 10**9])
def test_a_span_of_an_impossible_time_is_refused(time):
    assert reasons_of(read(span(time=time))) == {"event_time": 1}


@pytest.mark.parametrize(
    "text", ["", "{", "3", '"text"', "[" * 100_000, '{"a": ' * 20 + "1" + "}" * 20, "1" * 5_000, "x" * (1 << 20 | 1)]
)
def test_hostile_json_is_refused(text):
    mapped = read(span(1, {"ml.features": text}), of=sources(one={"preset": "json"}))
    assert sum(reasons_of(mapped).values()) == 1


def test_half_a_surrogate_pair_is_no_text_that_a_disk_could_hold():
    attributes = {"ml.features": '{"city": "\\ud800"}', "ml.outputs": '{"class": "\\udfff"}'}
    batch = only(read(span(1, attributes), of=sources(one={"preset": "json"})))
    assert (table(batch.features), table(batch.outputs)) == ({"city": ["?"]}, {"class": ["?"]})
    hostile = read(span(1, {"ml.features": '{"\\ud800": 1}'}), of=sources(one={"preset": "json"}))
    assert reasons_of(hostile) == {"column_name": 1}


def test_a_failed_call_made_no_prediction():
    assert ignored(read(span(status=2))) == {"failed_call": 1}


def test_a_span_without_ids_cannot_be_told_from_its_repetition():
    assert ignored(read(span(trace=bytes(16)))) == {"ids": 1}


def test_an_attribute_twice_is_not_guessed_at():
    made = span()
    made.attributes.add(key="ml.feature.age").value.int_value = 1
    assert ignored(read(made)) == {"duplicate_name": 1}


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("s", NOW / 1e9),
        ("ms", NOW // 10**6),
        ("us", str(NOW // 1000)),
        ("ns", NOW),
        ("iso8601", "2023-11-14T22:13:20Z"),
        ("iso8601", "2023-11-14T23:13:20+01:00"),
    ],
)
def test_the_event_time_may_be_an_attribute(unit, value):
    of = sources(one={"preset": "flat", "time": {"attribute": "when", "unit": unit}})
    assert only(read(span(1, {"when": value}, time=NOW - 10**12), of=of)).times.tolist() == [NOW]


def test_more_values_than_memory_should_hold_are_refused(monkeypatch):
    monkeypatch.setattr("model_monitoring_processor.ingest.sources.predictions.MAX_CELLS", 5)
    assert reasons_of(read(span(1), span(2), span(3))) == {"too_many_cells": 1}


def test_what_is_no_request_is_refused_as_a_whole():
    with pytest.raises(BadData, match="not an OTLP traces request"):
        map_spans(b"\xff", FLAT.spans, NOW)


def test_large_requests_are_cut_into_batches():
    mapped = map_spans(spans_request(*map(span, range(1, 10_002))), FLAT.spans, NOW)
    assert [len(batch) for batch in mapped.batches] == [10_000, 1]
    assert len(np.unique(np.concatenate([batch.row_ids for batch in mapped.batches]), axis=0)) == 10_001
